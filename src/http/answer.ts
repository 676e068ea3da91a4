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

/** Lets a handler answer a request of `node:http`; an error becomes status 500 and a log record. */
export async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: Handler,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const response = await handler(toRequest(incoming, gone.signal)).catch((error) => {
    if (!gone.signal.aborted) log.error("Cannot answer a request", { path: incoming.url, error });
    return new Response("Internal error, see the exporter's log\n", { status: 500 });
  });
  const body = new Uint8Array(await response.arrayBuffer());
  if (gone.signal.aborted) return;
  // A client that does not read its answer would keep its connection for ever.
  const timer = setTimeout(() => incoming.socket.destroy(), DELIVERY_TIME);
  outgoing.once("close", () => clearTimeout(timer));
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    "content-length": body.length,
  });
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): HttpRequest {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers, signal };
}
