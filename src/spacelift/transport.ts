import { ApiError } from "./api_error.ts";
import { reasonOfStatus } from "./failure_reason.ts";
import { parseRetryAfter } from "./retry_after.ts";

/** The largest reply that is read, in bytes after decompression. */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024;

const FIRST_BUFFER_BYTES = 64 * 1024;

/** Sends requests to the API; every reply it returns is a complete, successful one in UTF-8. */
export interface Transport {
  /** Like the global `fetch`, but anything other than a 2xx reply throws `ApiError`. */
  fetch(input: URL | RequestInfo, init?: RequestInit): Promise<Response>;
  /** Closes the connections that are kept open between requests. */
  close(): void;
}

/** A transport that trusts these PEM certificates beside the usual ones. */
export function createTransport(
  options: { caCertificates: readonly string[]; now: () => number },
): Transport {
  const client = Deno.createHttpClient({
    caCerts: [...options.caCertificates],
    // Shorter than servers keep idle connections, so that none is used just as it is being closed.
    poolIdleTimeout: 20_000,
  });
  return {
    async fetch(input, init) {
      try {
        // A redirect is refused: the token would go to whatever host it names.
        const reply = await fetch(input, { ...init, client, redirect: "manual" });
        return await accept(reply, options.now);
      } catch (error) {
        init?.signal?.throwIfAborted();
        if (error instanceof ApiError) throw error;
        throw new ApiError("unreachable", "Cannot reach the API", { cause: causeOf(error) });
      }
    },
    close: () => client.close(),
  };
}

async function accept(reply: Response, now: () => number): Promise<Response> {
  const { status } = reply;
  const json = reply.headers.get("content-type")?.includes("json") ?? false;
  // GraphQL servers may send a request error with status 400; its text tells more than the status.
  if (json && (reply.ok || status === 400)) {
    return new Response(await readText(reply), { headers: reply.headers });
  }
  await reply.body?.cancel();
  if (reply.ok) {
    throw new ApiError("bad_response", "The API answered with something other than JSON");
  }
  if (status >= 300 && status < 400) {
    throw new ApiError("bad_response", `The API answered with a redirect (HTTP ${status})`);
  }
  const retryAfter = status === 429 || status === 503
    ? parseRetryAfter(reply.headers.get("retry-after"), now())
    : undefined;
  throw new ApiError(reasonOfStatus(status), `The API answered with HTTP ${status}`, {
    retryAfter,
  });
}

async function readText(reply: Response): Promise<string> {
  const bytes = reply.body === null ? new Uint8Array() : await readBytes(reply.body);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("bad_response", "The API's reply is not UTF-8", { cause });
  }
}

/** Reads into one buffer: every chunk of its own would take 64 KiB, however few bytes it holds. */
async function readBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(FIRST_BUFFER_BYTES);
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(buffer, length));
    if (value === undefined) return new Uint8Array();
    buffer = value.buffer;
    if (done) return new Uint8Array(buffer, 0, length);
    length += value.length;
    if (length > MAX_REPLY_BYTES) {
      await reader.cancel();
      throw new ApiError("bad_response", `The API's reply is longer than ${MAX_REPLY_BYTES} bytes`);
    }
    if (length === buffer.byteLength) {
      buffer = buffer.transfer(Math.min(2 * length, MAX_REPLY_BYTES + 1));
    }
  }
}

/** Deno hides what went wrong behind a plain "fetch failed". */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
