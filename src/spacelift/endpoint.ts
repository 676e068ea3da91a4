import { GraphQLClient } from "graphql-request";
import * as v from "valibot";
import { type Clock, secondsSince } from "../clock.ts";
import type { Instruments } from "../metrics/instruments.ts";
import type { Secret } from "../secret.ts";
import { describeBuild } from "../version.ts";
import { ApiError } from "./api_error.ts";
import { reasonOfMessage } from "./failure_reason.ts";
import type { Transport } from "./transport.ts";

/** A GraphQL document, the name it has in metrics, and the shape of the data it asks for. */
export interface Operation<T> {
  readonly name: string;
  readonly document: string;
  readonly data: v.GenericSchema<unknown, T>;
  /** Throws `ApiError` when data of the right shape still says that something is wrong. */
  readonly verify?: (data: T) => void;
}

/** What one request sends beside its document. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The bearer token; the token exchange has none. */
  readonly token?: Secret;
  /** Values that no error may repeat. */
  readonly secrets?: readonly Secret[];
}

/** The longest part of an API's error message that is kept, in characters. */
const MAX_MESSAGE_LENGTH = 200;

/** The GraphQL endpoint of one account: sends documents, counts requests and checks replies. */
export class Endpoint {
  readonly #client: GraphQLClient;
  readonly #clock: Clock;
  readonly #instruments: Instruments;

  constructor(
    options: { accountUrl: URL; transport: Transport; clock: Clock; instruments: Instruments },
  ) {
    const url = options.accountUrl.href.replace(/\/+$/, "") + "/graphql";
    this.#client = new GraphQLClient(url, {
      fetch: options.transport.fetch,
      errorPolicy: "all",
      headers: { "user-agent": `spacelift-promex/${describeBuild()}` },
    });
    this.#clock = options.clock;
    this.#instruments = options.instruments;
  }

  /** Sends a document and returns its checked data; throws `ApiError`, or the signal's reason. */
  async post<T>(operation: Operation<T>, options: RequestOptions): Promise<T> {
    const labels = { operation: operation.name };
    const started = this.#clock.monotonic();
    this.#instruments.apiRequests.inc(labels);
    try {
      return read(operation, await this.#send(operation.document, options), options);
    } catch (error) {
      if (error instanceof ApiError) {
        this.#instruments.apiRequestFailures.inc({ ...labels, reason: error.reason });
      }
      throw error;
    } finally {
      this.#instruments.apiRequestDuration.observe(labels, secondsSince(this.#clock, started));
    }
  }

  async #send(document: string, options: RequestOptions): Promise<Reply> {
    const { token, signal, variables } = options;
    try {
      return await this.#client.rawRequest<unknown>({
        query: document,
        signal,
        ...(variables === undefined ? {} : { variables }),
        ...(token === undefined ? {} : { requestHeaders: authorization(token) }),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiError) throw error;
      // The client library's errors repeat the whole reply, so theirs is not kept as the cause.
      throw notAResult();
    }
  }
}

interface Reply {
  readonly data: unknown;
  readonly errors?: unknown;
}

const errorsSchema = v.optional(v.array(v.unknown()), []);
const errorSchema = v.object({ message: v.pipe(v.string(), v.nonEmpty()) });

function authorization(token: Secret): Record<string, string> {
  return {
    authorization: `Bearer ${token.reveal()}`,
    // Tells Spacelift which kind of client asks; its other clients send names of their own.
    "spacelift-client-type": "prometheus-exporter",
  };
}

function read<T>(operation: Operation<T>, reply: Reply, options: RequestOptions): T {
  const errors = v.safeParse(errorsSchema, reply.errors);
  if (!errors.success) throw notAResult();
  if (errors.output.length > 0) throw graphqlError(errors.output[0], options);
  const result = v.safeParse(operation.data, reply.data, { abortEarly: true });
  if (result.success) {
    operation.verify?.(result.output);
    return result.output;
  }
  const [issue] = result.issues;
  // Never the value that came instead: no part of a reply belongs in a log.
  const problem = issue.input === undefined ? "is missing" : `should be ${issue.expected}`;
  throw new ApiError(
    "bad_response",
    `The API's reply is not as expected: ${v.getDotPath(issue) ?? "data"} ${problem}`,
  );
}

function notAResult(): ApiError {
  return new ApiError("bad_response", "The API's reply is not a GraphQL result");
}

function graphqlError(error: unknown, options: RequestOptions): ApiError {
  if (!v.is(errorSchema, error)) {
    return new ApiError("graphql", "The API answered with an error without a message");
  }
  const text = error.message;
  const secrets = [
    ...(options.secrets ?? []),
    ...(options.token === undefined ? [] : [options.token]),
  ];
  const safe = secrets.reduce(
    (text, secret) => text.replaceAll(secret.reveal(), `${secret}`),
    text,
  );
  const short = safe.length > MAX_MESSAGE_LENGTH ? `${safe.slice(0, MAX_MESSAGE_LENGTH)}...` : safe;
  return new ApiError(
    reasonOfMessage(text),
    `The API answered with the error "${short.replaceAll(/\s+/g, " ")}"`,
  );
}
