import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Hint } from "../collectors/hints.ts";
import type { Secret } from "../secret.ts";
import { isSignature, isSignedWith, SIGNATURE_HEADER } from "../webhook_signature.ts";
import { pathOf, plainText, type Route } from "./routes.ts";

/** The results that a request to the webhook can have. */
export const WEBHOOK_RESULTS = [
  "accepted",
  "ignored",
  "malformed",
  "refused",
  "unauthorized",
] as const;

export type WebhookResult = typeof WEBHOOK_RESULTS[number];

/** The largest delivery, in bytes. */
export const MAX_DELIVERY_BYTES = 1024 * 1024;

/** How long a delivery may take to arrive, in milliseconds. */
export const DELIVERY_TIME = 10_000;

/** How many deliveries are buffered at a time: their buffers take at most 32 MiB. */
export const DELIVERIES = 256;

/** How many of them may be larger than the small ones. */
const LARGE_DELIVERIES = 16;

/** The largest of the small deliveries, in bytes. */
const SMALL_DELIVERY_BYTES = 64 * 1024;

/** How many bytes of a body are read at a time, and held at first. */
const PIECE_BYTES = 4096;

/** When to send a delivery again that came with too many others, in seconds. */
const RETRY_AFTER = "1";

const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));

const subject = v.object({
  run: v.object({ id }),
  stack: v.fallback(v.optional(v.object({ id })), undefined),
});

/** The accepted payloads: the default one, or the input of a notification policy. */
const payloadSchema = v.union([subject, v.object({ run_updated: subject })]);

/**
 * Answers `POST /webhook`: turns deliveries signed with the secret into hints, and rejects all
 * others.
 */
export function webhookRoute(options: {
  readonly secret: () => Promise<Secret>;
  readonly take: (hint: Hint) => void;
  readonly count: (result: WebhookResult) => void;
  readonly clock: Clock;
}): Route {
  const receiver = new Receiver(options.clock);
  const answer = (status: number, text: string, result: WebhookResult) => {
    options.count(result);
    return plainText(status, `${text}\n`, status === 503 ? { "retry-after": RETRY_AFTER } : {});
  };
  return async (request) => {
    if (pathOf(request) !== "/webhook") return plainText(404, "Not found\n");
    if (request.method !== "POST") {
      return plainText(405, "Method not allowed: use POST\n", { allow: "POST" });
    }
    const signature = request.headers.get(SIGNATURE_HEADER);
    if (!isSignature(signature)) {
      await request.body?.cancel().catch(() => {});
      return answer(401, "Missing signature", "unauthorized");
    }
    const body = await receiver.receive(request);
    if (typeof body === "number") {
      return answer(body, PROBLEMS[body], body === 503 ? "refused" : "malformed");
    }
    if (!isSignedWith(body, signature, await options.secret())) {
      return answer(401, "Wrong signature", "unauthorized");
    }
    const payload = parse(body);
    if (payload === undefined) return answer(400, "Not JSON", "malformed");
    const read = v.safeParse(payloadSchema, payload.value);
    if (!read.success) return answer(200, "Ignored", "ignored");
    const { run, stack } = "run" in read.output ? read.output : read.output.run_updated;
    options.take({ run: run.id, stack: stack?.id ?? "" });
    return answer(200, "Accepted", "accepted");
  };
}

/** Why a body was not received, by the status that says so. */
const PROBLEMS = {
  400: "The delivery broke off",
  408: "The delivery took too long",
  413: "The delivery is too large",
  503: "Too many deliveries at once",
} as const;

/** Receives bodies, of which only so many take memory, whatever clients send at whatever speed. */
class Receiver {
  readonly #clock: Clock;
  #underWay = 0;
  #large = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The whole body, or the status that says why not. */
  async receive({ headers, body }: Request): Promise<Uint8Array | keyof typeof PROBLEMS> {
    if (body === null) return new Uint8Array();
    const isTooLarge = Number(headers.get("content-length")) > MAX_DELIVERY_BYTES;
    if (isTooLarge || this.#underWay === DELIVERIES) {
      await body.cancel().catch(() => {});
      return isTooLarge ? 413 : 503;
    }
    this.#underWay++;
    const reader = readerOf(body);
    let isLate = false;
    // What is cancelled ends at once, and without an error.
    const stop = () => reader.cancel().catch(() => {});
    const cancel = this.#clock.after(DELIVERY_TIME, () => {
      isLate = true;
      stop();
    });
    try {
      const received = await this.#read(reader);
      return isLate ? 408 : received;
    } catch {
      return isLate ? 408 : 400;
    } finally {
      cancel();
      stop();
      this.#underWay--;
    }
  }

  /** Reads into one buffer: small pieces cost no more than their bytes. */
  async #read(reader: Reader): Promise<Uint8Array | 413 | 503> {
    let buffer = new Uint8Array(PIECE_BYTES);
    let piece = new Uint8Array(PIECE_BYTES);
    let length = 0;
    let isLarge = false;
    try {
      for (;;) {
        const { value, done } = reader instanceof ReadableStreamBYOBReader
          ? await reader.read(piece)
          : await reader.read();
        if (done) return buffer.subarray(0, length);
        const end = length + value.length;
        if (end > MAX_DELIVERY_BYTES) return 413;
        if (end > SMALL_DELIVERY_BYTES && !isLarge) {
          if (this.#large === LARGE_DELIVERIES) return 503;
          isLarge = true;
          this.#large++;
        }
        if (end > buffer.length) {
          const most = isLarge ? MAX_DELIVERY_BYTES : SMALL_DELIVERY_BYTES;
          const larger = new Uint8Array(Math.max(end, Math.min(2 * buffer.length, most)));
          larger.set(buffer.subarray(0, length));
          buffer = larger;
        }
        buffer.set(value, length);
        length = end;
        piece = new Uint8Array(value.buffer);
      }
    } finally {
      if (isLarge) this.#large--;
    }
  }
}

type Reader =
  | ReadableStreamBYOBReader
  | ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/**
 * Reads a body into the reader's own buffer, because the runtime's has 64 KiB for each piece, however
 * small. A body that has arrived with its headers comes as it is.
 */
function readerOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): Reader {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return body.getReader();
  }
}

function parse(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) };
  } catch {
    return undefined;
  }
}
