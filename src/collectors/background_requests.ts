import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { BURST, Pace } from "./pace.ts";

/**
 * A round does not get on and will try again; `lost` is the time that this costs it until then, in
 * milliseconds, since it last got on or last said so.
 */
export type OnTrouble = (failure: ApiError, lost: number) => void;

/** A request that cannot be answered for longer than this is told to be in trouble, in milliseconds. */
export const TROUBLE_AFTER = 15_000;

/** How one request of a round is sent. */
export interface Persistence {
  readonly signal: AbortSignal;
  /** How long it is tried again, in milliseconds from when it was first sent. */
  readonly patience: number;
  /** Whether a failure may be gone at the next try. */
  readonly isPassing: (error: ApiError) => boolean;
  readonly onTrouble: OnTrouble;
}

/** What a round asks with. */
export interface Asking {
  readonly client: Client;
  readonly clock: Clock;
  readonly requests: BackgroundRequests;
  /** One request may take as long as a scrape, in milliseconds. */
  readonly settings: { readonly exporter: { readonly scrapeTimeout: number } };
}

/** The data of an operation that a background round asks for; throws as `BackgroundRequests.send`. */
export function askInBackground<T>(
  { client, clock, requests, settings }: Asking,
  operation: Operation<T>,
  variables: Record<string, unknown>,
  persistence: Persistence,
): Promise<T> {
  return requests.send(async () => {
    using limit = new TimeLimit(clock, settings.exporter.scrapeTimeout, persistence.signal);
    return await client.query(operation, { signal: limit.signal, variables });
  }, persistence);
}

/** Sends the requests of all background rounds: paced, not before the API wants it, and again when they fail. */
export class BackgroundRequests {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #random: () => number;
  /** The last error with which the API asked to be left alone, and the monotonic time until which. */
  #hold: { readonly error: ApiError; readonly until: number } | undefined;

  /** For so many collectors, each of which begins with a few requests at once. */
  constructor(clock: Clock, random: () => number = Math.random, collectors = 1) {
    this.#clock = clock;
    this.#pace = new Pace(clock, BURST * collectors);
    this.#random = random;
  }

  /** The answer to a request; throws its last `ApiError` when patience ends, or the signal's reason. */
  async send<T>(request: () => Promise<T>, persistence: Persistence): Promise<T> {
    const { signal, patience, isPassing, onTrouble } = persistence;
    const backoff = new Backoff(this.#random);
    await this.#obeyHold(persistence);
    await this.#rest(this.#pace.take(), signal);
    const started = this.#clock.monotonic();
    let told = 0;
    for (;;) {
      try {
        const answer = await request();
        this.#pace.letThrough();
        return answer;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const pause = Math.max(backoff.next(), error.retryAfter ?? 0);
        this.#learn(error, pause);
        const spent = this.#clock.monotonic() + pause - started;
        if (spent > patience || !isPassing(error)) throw error;
        if (spent > TROUBLE_AFTER) {
          onTrouble(error, spent - told);
          told = spent;
        }
        await this.#rest(pause, signal);
        await this.#rest(this.#pace.take(), signal);
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

  /** Waits where an earlier request was not tried again though the API named a time for it. */
  async #obeyHold({ signal, onTrouble }: Persistence): Promise<void> {
    if (this.#hold === undefined) return;
    const wait = this.#hold.until - this.#clock.monotonic();
    if (wait > TROUBLE_AFTER) onTrouble(this.#hold.error, wait);
    await this.#rest(wait, signal);
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await sleep(this.#clock, ms, signal);
  }
}
