import type { IncomingMessage, ServerResponse } from "node:http";
import { log } from "../log.ts";

/** What a route may know of a request; a standard `Request` is one too. */
export interface HttpRequest {
  readonly method: string;
  /** As the client sent it: a path, perhaps with a query, perhaps with a host before it. */
  readonly url: string;
  readonly headers: Headers;
  /** Aborts when the client leaves before the answer. */
  readonly signal: AbortSignal;
}

/** Answers one request. */
export type Handler = (request: HttpRequest) => Promise<Response>;

/** How long a client may take to receive an answer, in milliseconds. */
const DELIVERY_TIME = 30_000;

/**
 * Lets a handler answer a request of `node:http` and resolves when the client has the answer or has
 * left; an error becomes status 500 and a log record. `onDelivery` is called before the answer is sent.
 */
export async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { handler, onDelivery }: { handler: Handler; onDelivery: () => void },
): Promise<void> {
  const { socket } = incoming;
  if (socket.destroyed) return;
  const gone = new AbortController();
  const closed = Promise.withResolvers<void>();
  const onClose = () => closed.resolve();
  outgoing.once("close", onClose);
  socket.once("close", onClose);
  const ended = closed.promise.then(() => {
    // The connection may see many more answers.
    socket.off("close", onClose);
    if (!outgoing.writableFinished) gone.abort();
  });
  const response = await handler(toRequest(incoming, gone.signal)).catch((error) => {
    if (!gone.signal.aborted) log.error("Cannot answer a request", { path: incoming.url, error });
    return new Response("Internal error, see the exporter's log\n", { status: 500 });
  });
  onDelivery();
  // A client that does not read its answer would keep its connection for ever.
  const timer = setTimeout(() => socket.destroy(), DELIVERY_TIME);
  await send(response, outgoing, { isHead: incoming.method === "HEAD", ended, gone: gone.signal });
  await ended;
  clearTimeout(timer);
}

/** Sends part by part, taking the next one only when the client has room for it. */
async function send(
  response: Response,
  outgoing: ServerResponse,
  { isHead, ended, gone }: { isHead: boolean; ended: Promise<void>; gone: AbortSignal },
): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  const whole = "content-length" in headers ? undefined : await response.bytes();
  if (gone.aborted) return;
  outgoing.writeHead(response.status, { "content-length": whole?.length ?? 0, ...headers });
  for await (const part of isHead ? [] : whole === undefined ? response.body ?? [] : [whole]) {
    if (gone.aborted) return;
    if (outgoing.write(part)) continue;
    await Promise.race([new Promise((resolve) => outgoing.once("drain", resolve)), ended]);
  }
  outgoing.end();
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): HttpRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers, signal };
}
