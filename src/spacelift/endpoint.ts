import { GraphQLClient } from "graphql-request";
import * as v from "valibot";
import { type Clock, secondsSince } from "../clock.ts";
import { log } from "../log.ts";
import type { Instruments } from "../metrics/instruments.ts";
import type { Secret } from "../secret.ts";
import { describeBuild } from "../version.ts";
import { ApiError } from "./api_error.ts";
import { reasonOfMessage } from "./failure_reason.ts";
import { checkData } from "./reply.ts";
import type { Transport } from "./transport.ts";

/** A GraphQL document, its name in metrics, and the schema of its data. */
export interface Operation<T> {
  readonly name: string;
  readonly document: string;
  readonly data: v.GenericSchema<unknown, T>;
  /** Throws `ApiError` when data that matches the schema still reports a problem. */
  readonly verify?: (data: T) => void;
  /** The largest accepted reply, in bytes after decompression; by default `MAX_REPLY_BYTES`. */
  readonly maxReplyBytes?: number;
}

/** What one request sends in addition to its document. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The bearer token; the token exchange has none. */
  readonly token?: Secret;
}

/** The largest reply of an operation without its own limit, in bytes. */
export const MAX_REPLY_BYTES = 8 * 1024 * 1024;
/**
 * The largest reply of an operation that requests a few figures, in bytes, with room for errors.
 */
export const SMALL_REPLY_BYTES = 1024 * 1024;

/** The longest part of an API's error message that is kept, in characters. */
const MAX_MESSAGE_LENGTH = 200;
/** The longest part of it that is looked at, which must not take long. */
const MAX_READ_LENGTH = 10_000;
/** How many secrets are remembered; older ones are no longer in use. */
const MAX_SECRETS = 16;

/** The GraphQL endpoint of one account: sends documents, counts requests and checks replies. */
export class Endpoint {
  readonly #url: string;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #instruments: Instruments;
  /** The values that no error may repeat, the newest last. */
  #secrets: readonly Secret[] = [];
  /** Figures whose omission was logged; bounded by the fields of the documents. */
  readonly #mentioned = new Set<string>();

  constructor(
    options: { accountUrl: URL; transport: Transport; clock: Clock; instruments: Instruments },
  ) {
    this.#url = options.accountUrl.href.replace(/\/+$/, "") + "/graphql";
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#instruments = options.instruments;
  }

  /** Redacts a secret from all later errors, whatever their source. */
  hide(secret: Secret): void {
    const others = this.#secrets.filter((known) => known.reveal() !== secret.reveal());
    this.#secrets = [...others, secret].slice(-MAX_SECRETS);
  }

  /** Sends a document and returns its checked data; throws `ApiError`, or the signal's reason. */
  async post<T>(operation: Operation<T>, options: RequestOptions): Promise<T> {
    const labels = { operation: operation.name };
    const started = this.#clock.monotonic();
    this.#instruments.apiRequests.inc(labels);
    try {
      return this.#read(operation, await this.#send(operation, options));
    } catch (error) {
      if (error instanceof ApiError) {
        this.#instruments.apiRequestFailures.inc({ ...labels, reason: error.reason });
      }
      throw error;
    } finally {
      this.#instruments.apiRequestDuration.observe(labels, secondsSince(this.#clock, started));
    }
  }

  async #send<T>(operation: Operation<T>, options: RequestOptions): Promise<Reply> {
    const { token, signal, variables } = options;
    const { maxReplyBytes = MAX_REPLY_BYTES } = operation;
    const client = new GraphQLClient(this.#url, {
      fetch: (input, init) => this.#transport.fetch(input, init, maxReplyBytes),
      errorPolicy: "all",
      headers: { "user-agent": `spacelift-promex/${describeBuild()}` },
      jsonSerializer: { stringify: JSON.stringify, parse: parseReply },
    });
    try {
      return await client.rawRequest<unknown>({
        query: operation.document,
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

  #read<T>(operation: Operation<T>, reply: Reply): T {
    const errors = v.safeParse(errorsSchema, reply.errors);
    if (!errors.success) throw notAResult();
    if (errors.output.length > 0) throw this.#graphqlError(errors.output[0]);
    const { data, omitted, count } = checkData(operation.data, reply.data);
    this.#instruments.apiFiguresOmitted.inc({ operation: operation.name }, count);
    for (const [place, figure] of omitted) this.#mention(operation.name, place, figure);
    operation.verify?.(data);
    return data;
  }

  #mention(operation: string, place: string, figure: string): void {
    const key = `${operation} ${place}`;
    if (this.#mentioned.has(key)) return;
    this.#mentioned.add(key);
    log.warn("A figure in the API's reply is invalid and left out", { operation, figure });
  }

  #graphqlError(error: unknown): ApiError {
    if (!v.is(errorSchema, error)) {
      return new ApiError("graphql", "The API answered with an error without a message");
    }
    // Cut only after all secrets are gone, so that none is cut in two and then missed.
    const text = this.#blackOut(error.message).slice(0, MAX_READ_LENGTH);
    const safe = text.replaceAll(/\s+/g, " ");
    const short = safe.length > MAX_MESSAGE_LENGTH
      ? `${safe.slice(0, MAX_MESSAGE_LENGTH)}...`
      : safe;
    return new ApiError(reasonOfMessage(text), `The API answered with the error "${short}"`);
  }

  #blackOut(text: string): string {
    // Longest first: a shorter secret may be part of a longer one, whose rest would remain.
    return this.#secrets
      .toSorted((a, b) => b.reveal().length - a.reveal().length)
      .reduce((text, secret) => text.replaceAll(secret.reveal(), `${secret}`), text);
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
    // Identifies the kind of client to Spacelift; its other clients send their own names.
    "spacelift-client-type": "prometheus-exporter",
  };
}

/** Some servers send null for result members that they should omit, which the client rejects. */
function parseReply(text: string): unknown {
  const reply: unknown = JSON.parse(text);
  if (!v.is(v.looseObject({}), reply)) return reply;
  const isThere = ([name, value]: [string, unknown]) => value !== null || name === "data";
  return Object.fromEntries(Object.entries(reply).filter(isThere));
}

function notAResult(): ApiError {
  return new ApiError("bad_response", "The API's reply is not a GraphQL result");
}
