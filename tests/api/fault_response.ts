import { type Clock, sleep } from "../../src/clock.ts";
import type { Fault } from "./faults.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a fault's answer is made with: the true reply, and time that ends with the request. */
export interface FaultContext {
  clock: Clock;
  signal: AbortSignal;
  /** The reply as it would be without the fault, as plain JSON. */
  reply(): Promise<unknown>;
  /** Waits for what is slow on purpose. */
  hold<T>(slow: Promise<T>): Promise<T>;
}

/** Answers as the fault says; rejects when the request ends before it has begun to answer. */
export async function faultResponse(fault: Fault, context: FaultContext): Promise<Response> {
  const { clock, signal, hold } = context;
  if (fault.delayMs !== undefined) await hold(sleep(clock, fault.delayMs, signal));
  if (fault.hang) await hold(ended(signal));
  const body = await bodyOf(fault, context);
  const init = { status: fault.status ?? 200, headers: headersOf(fault) };
  if (body instanceof ReadableStream) {
    hold(ended(signal)).catch(() => {});
    return new Response(body, init);
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  if (fault.trickle === undefined && fault.cutAfter === undefined) {
    return new Response(bytes.length === 0 ? null : bytes, init);
  }
  init.headers.set("content-length", String(bytes.length));
  return new Response(slowly(bytes, fault, context), init);
}

function ended(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function headersOf(fault: Fault): Headers {
  const headers = new Headers(fault.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return headers;
}

async function bodyOf(
  fault: Fault,
  context: FaultContext,
): Promise<string | Bytes | ReadableStream<Bytes>> {
  if (fault.body !== undefined) return fault.body;
  if (fault.status !== undefined && fault.errors === undefined && fault.edit === undefined) {
    return "";
  }
  const reply = fault.errors === undefined || fault.keepData
    ? await context.reply()
    : { data: null };
  const errors = fault.errors?.map((message) => ({ message }));
  const failed = errors === undefined ? reply : Object.assign({}, reply, { errors });
  return JSON.stringify(fault.edit === undefined ? failed : fault.edit(failed)) ?? "";
}

function slowly(
  bytes: Bytes,
  fault: Fault,
  { clock, signal, hold }: FaultContext,
): ReadableStream<Bytes> {
  const end = Math.min(fault.cutAfter ?? bytes.length, bytes.length);
  const { bytes: size, everyMs } = fault.trickle ?? { bytes: end, everyMs: 0 };
  let position = 0;
  return new ReadableStream({
    async pull(controller) {
      if (position >= end) return controller.close();
      try {
        if (everyMs > 0) await hold(sleep(clock, everyMs, signal));
      } catch {
        return;
      }
      const next = Math.min(position + size, end);
      controller.enqueue(bytes.slice(position, next));
      position = next;
    },
  });
}
