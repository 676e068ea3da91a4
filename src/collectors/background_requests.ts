import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { BURST, Pace } from "./pace.ts";

/**
 * Reports that a round is stuck and will retry; `lost` is the time lost until the retry, in
 * milliseconds, since the last progress or the last report.
 */
export type OnTrouble = (failure: ApiError, lost: number) => void;

/** A request that fails for longer than this is reported as trouble, in milliseconds. */
export const TROUBLE_AFTER = 15_000;

/** How one request of a round is sent. */
export interface Persistence {
  readonly signal: AbortSignal;
  /** How long it is retried, in milliseconds after it was first sent. */
  readonly patience: number;
  /** Whether a retry may succeed after this failure. */
  readonly isTransient: (error: ApiError) => boolean;
  readonly onTrouble: OnTrouble;
}

/** What a round needs to send requests. */
export interface RequestContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly requests: BackgroundRequests;
  /** One request may take as long as a scrape, in milliseconds. */
  readonly settings: { readonly exporter: { readonly scrapeTimeout: number } };
}

/**
 * Sends an operation for a background round and returns its data; throws as
 * `BackgroundRequests.send`.
 */
export function askInBackground<T>(
  { client, clock, requests, settings }: RequestContext,
  operation: Operation<T>,
  variables: Record<string, unknown>,
  persistence: Persistence,
): Promise<T> {
  return requests.send(async () => {
    using limit = new TimeLimit(clock, settings.exporter.scrapeTimeout, persistence.signal);
    return await client.query(operation, { signal: limit.signal, variables });
  }, persistence);
}

/**
 * Sends the requests of all background rounds: paces them, obeys Retry-After and retries failures.
 */
export class BackgroundRequests {
  /** Monotonic time of the last answer without an error. */
  lastAnswer = -Infinity;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #random: () => number;
  /** The last error with a Retry-After, and the monotonic time at which that ends. */
  #hold: { readonly error: ApiError; readonly until: number } | undefined;

  /** For so many collectors, each of which begins with a few requests at once. */
  constructor(clock: Clock, random: () => number = Math.random, collectors = 1) {
    this.#clock = clock;
    this.#pace = new Pace(clock, BURST * collectors);
    this.#random = random;
  }

  /**
   * Sends a request, with retries; throws its last `ApiError` when patience or a time limit ends it,
   * or the signal's reason.
   */
  async send<T>(request: () => Promise<T>, persistence: Persistence): Promise<T> {
    const { signal, patience, isTransient, onTrouble } = persistence;
    const backoff = new Backoff(this.#random);
    await this.#obeyHold(persistence);
    await this.#rest(this.#pace.take(), signal);
    const started = this.#clock.monotonic();
    let reported = 0;
    for (;;) {
      try {
        const answer = await request();
        this.lastAnswer = this.#clock.monotonic();
        this.#pace.letThrough();
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const pause = Math.max(backoff.next(), error.retryAfter ?? 0);
        this.#learn(error, pause);
        const spent = this.#clock.monotonic() + pause - started;
        if (spent > patience || !isTransient(error)) throw error;
        if (spent > TROUBLE_AFTER) {
          onTrouble(error, spent - reported);
          reported = spent;
        }
        await this.#rest(pause, signal, error);
        await this.#rest(this.#pace.take(), signal, error);
      }
    }
  }

  #learn(error: ApiError, pause: number): void {
    if (error.reason === "rate_limited") this.#pace.refused(pause);
    else this.#pace.letThrough();
    if (error.retryAfter !== undefined) {
      this.#hold = { error, until: this.#clock.monotonic() + error.retryAfter };
    }
  }

  /** Waits for the Retry-After of an earlier request that was not retried. */
  async #obeyHold({ signal, onTrouble }: Persistence): Promise<void> {
    if (this.#hold === undefined) return;
    const wait = this.#hold.until - this.#clock.monotonic();
    if (wait > TROUBLE_AFTER) onTrouble(this.#hold.error, wait);
    await this.#rest(wait, signal, this.#hold.error);
  }

  /** Waits, because of `trouble` if any, which says more than a time limit that ends the wait. */
  async #rest(ms: number, signal: AbortSignal, trouble?: ApiError): Promise<void> {
    if (ms <= 0) return;
    try {
      await sleep(this.#clock, ms, signal);
    } catch (reason) {
      throw reason instanceof ApiError && trouble !== undefined ? trouble : reason;
    }
  }
}
