import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import { AccessDenied, ApiError } from "./api_error.ts";
import type { Secret } from "../secret.ts";
import type { Endpoint, Operation } from "./endpoint.ts";
import type { Session } from "./session.ts";

/** How a query is sent. */
export interface QueryOptions {
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** How long an operation that was refused with a new token gets no other token, in milliseconds. */
const DENIAL_MEMORY = 5 * 60_000;

/** Sends queries with a valid token; a rejected token is replaced and the query sent once more. */
export class Client {
  readonly #endpoint: Endpoint;
  readonly #session: Session;
  readonly #clock: Clock;
  /**
   * Monotonic time until which operations get no other token. "unauthorized" means either a lost
   * session or a missing permission; if a new token did not help, the permission is missing, and
   * without this map each scrape would exchange the key again.
   */
  readonly #denied = new Map<string, number>();
  /** The token that last got an answer. */
  #provenToken: Secret | undefined;

  constructor(options: { endpoint: Endpoint; session: Session; clock: Clock }) {
    this.#endpoint = options.endpoint;
    this.#session = options.session;
    this.#clock = options.clock;
  }

  /**
   * The checked data of one operation; throws `ApiError`, or the signal's reason. If the same token
   * works for other operations, the error is an `AccessDenied`.
   */
  async query<T>(operation: Operation<T>, options: QueryOptions): Promise<T> {
    const data = await this.#query(operation, options);
    // An operation that works does not lack a permission.
    this.#denied.delete(operation.name);
    return data;
  }

  async #query<T>(operation: Operation<T>, options: QueryOptions): Promise<T> {
    const token = await this.#session.token(options.signal);
    try {
      return await this.#post(operation, options, token);
    } catch (error) {
      if (!isUnauthorized(error) || this.#isDenied(operation.name)) throw error;
    }
    log.warn("The API rejected the token, exchanging the API key again", {
      operation: operation.name,
    });
    const newToken = await this.#session.replace(token, options.signal);
    try {
      return await this.#post(operation, options, newToken);
    } catch (error) {
      if (isUnauthorized(error)) {
        this.#denied.set(operation.name, this.#clock.monotonic() + DENIAL_MEMORY);
      }
      throw error;
    }
  }

  async #post<T>(operation: Operation<T>, options: QueryOptions, token: Secret): Promise<T> {
    try {
      const data = await this.#endpoint.post(operation, { ...options, token });
      this.#provenToken = token;
      return data;
    } catch (error) {
      if (isUnauthorized(error) && token === this.#provenToken) throw new AccessDenied(error);
      throw error;
    }
  }

  #isDenied(operation: string): boolean {
    return this.#clock.monotonic() < (this.#denied.get(operation) ?? -Infinity);
  }
}

function isUnauthorized(error: unknown): error is ApiError {
  return error instanceof ApiError && error.reason === "unauthorized";
}
