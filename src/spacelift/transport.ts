import { ApiError } from "./api_error.ts";
import { aroundProxies } from "./around_proxies.ts";
import { reasonOfStatus } from "./failure_reason.ts";
import { readReply } from "./read_reply.ts";
import { parseRetryAfter } from "./retry_after.ts";

/** Sends requests to the API; returns only complete, successful replies in UTF-8. */
export interface Transport {
  /**
   * Like the global `fetch`, but anything other than a 2xx reply of at most `maxReplyBytes` after
   * decompression throws `ApiError`.
   */
  fetch(
    input: URL | RequestInfo,
    init: RequestInit | undefined,
    maxReplyBytes: number,
  ): Promise<Response>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * A transport to the account at `url` that trusts these PEM certificates in addition to the default
 * ones.
 */
export function createTransport(
  options: { url?: URL; caCertificates: readonly string[]; now: () => number },
): Transport {
  const connections = new Connections(options);
  return {
    async fetch(input, init, maxReplyBytes) {
      const client = connections.current();
      try {
        // A redirect is refused: the token would go to the host that it names.
        const reply = await fetch(input, { ...init, client, redirect: "manual" });
        return await accept(reply, { maxReplyBytes, now: options.now });
      } catch (error) {
        if (init?.signal?.aborted) {
          connections.retire(client);
          throw init.signal.reason;
        }
        if (error instanceof ApiError) throw error;
        throw unreachable(causeOf(error));
      }
    },
    close: () => connections.close(),
  };
}

/**
 * A JSON reply that has been read. Only `text()` has it, so that it need not be encoded and decoded
 * once more.
 */
class ReadReply extends Response {
  readonly #text: string;

  constructor(text: string) {
    super(null, { headers: { "content-type": "application/json" } });
    this.#text = text;
  }

  override text(): Promise<string> {
    return Promise.resolve(this.#text);
  }
}

/** The connections to the API that requests share, replaced when one of them may be dead. */
class Connections {
  readonly #options: Deno.CreateHttpClientOptions;
  #client: Deno.HttpClient | undefined;

  constructor(options: { url?: URL; caCertificates: readonly string[] }) {
    this.#options = { ...aroundProxies(options.url), caCerts: [...options.caCertificates] };
  }

  current(): Deno.HttpClient {
    return this.#client ??= Deno.createHttpClient({
      ...this.#options,
      // Cancelling an HTTP/2 request keeps its connection even if that is dead, and the first
      // request after a restart of the server fails. HTTP/1.1 has neither problem and costs no
      // more.
      http2: false,
      // Shorter than the idle timeout of servers, so that no connection is used while being closed.
      poolIdleTimeout: 20_000,
    });
  }

  /**
   * Keeps later requests off the connections of an aborted request: a middlebox that dropped one
   * connection has dropped the other idle ones too. Requests in progress continue.
   */
  retire(client: Deno.HttpClient): void {
    if (client === this.#client) this.close();
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

async function accept(
  reply: Response,
  { maxReplyBytes, now }: { maxReplyBytes: number; now: () => number },
): Promise<Response> {
  const { status } = reply;
  const json = /json/i.test(reply.headers.get("content-type") ?? "");
  // GraphQL servers may send a request error with status 400; its text is more specific than the
  // status.
  if (json && (reply.ok || status === 400)) {
    return new ReadReply(await readReply(reply.body, maxReplyBytes));
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

function unreachable(cause: unknown): ApiError {
  // `openssl req -x509` creates an authority's certificate, which the runtime never accepts from a
  // server.
  const remedy = cause instanceof Error && /CaUsedAsEndEntity/.test(cause.message)
    ? ": its server presents an authority's certificate as its own. Have an authority sign a " +
      "certificate for the server, and give the authority's to --ca-cert-path"
    : "";
  return new ApiError("unreachable", `Cannot reach the API${remedy}`, { cause });
}

/** Deno wraps the real error in a generic one. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
