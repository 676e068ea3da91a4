import { type Clock, secondsSince } from "../clock.ts";
import { log } from "../log.ts";
import type { WritableFamily } from "../metrics/exposition.ts";
import { ApiError } from "../spacelift/api_error.ts";

/** What one scrape knows of one collector. */
export interface Report {
  readonly collector: string;
  /** Fresh data, or the last good data while that may be served. */
  readonly data: readonly WritableFamily[] | undefined;
  /** Until when the data may be served, by the monotonic clock. */
  readonly goodUntil: number;
  /** Why the data is not fresh; absent when it is, or when the collector has not been asked yet. */
  readonly failure: ApiError | undefined;
  /** How long the last request took, or how long a scrape waited in vain, in seconds. */
  readonly duration: number | undefined;
  /** When the last good data was asked for, in Unix seconds; absent before the first. */
  readonly lastSuccess: number | undefined;
}

/** What is remembered of one collector: its last good data, its last outcome, and for how long. */
export class CollectorRecord {
  readonly #collector: string;
  readonly #clock: Clock;
  readonly #maxStaleness: number;
  #lastGood: { data: readonly WritableFamily[]; askedAt: number } | undefined;
  #lastSuccess: number | undefined;
  #failure: ApiError | undefined;
  #duration: number | undefined;

  /** `maxStaleness` in milliseconds; 0 remembers nothing. */
  constructor(options: { collector: string; clock: Clock; maxStaleness: number }) {
    this.#collector = options.collector;
    this.#clock = options.clock;
    this.#maxStaleness = options.maxStaleness;
  }

  /** Runs one request, keeps its outcome and returns it or throws it as `ApiError`. */
  async keep(
    signal: AbortSignal,
    work: () => Promise<readonly WritableFamily[]>,
  ): Promise<Report> {
    const askedAt = this.#clock.monotonic();
    const askedAtWall = this.#clock.wall();
    try {
      const data = await work();
      this.#duration = secondsSince(this.#clock, askedAt);
      this.#lastGood = { data, askedAt };
      this.#lastSuccess = askedAtWall / 1000;
      this.#changeTo(undefined);
      return { ...this.report(), data, goodUntil: Infinity };
    } catch (error) {
      // Everyone who waited has left: there is no outcome to tell.
      if (signal.aborted && !(signal.reason instanceof ApiError)) throw error;
      const failure = asApiError(error);
      this.#duration = secondsSince(this.#clock, askedAt);
      this.#changeTo(failure);
      throw failure;
    }
  }

  /** The present state; `failure` overrules the last outcome for one scrape. */
  report(failure = this.#failure): Report {
    return {
      collector: this.#collector,
      data: this.#remembered(),
      goodUntil: (this.#lastGood?.askedAt ?? -Infinity) + this.#maxStaleness,
      failure,
      duration: this.#duration,
      lastSuccess: this.#lastSuccess,
    };
  }

  #remembered(): readonly WritableFamily[] | undefined {
    if (this.#lastGood === undefined) return undefined;
    const age = this.#clock.monotonic() - this.#lastGood.askedAt;
    if (age >= this.#maxStaleness) this.#lastGood = undefined;
    return this.#lastGood?.data;
  }

  /** Logs once per change, not once per request. */
  #changeTo(failure: ApiError | undefined): void {
    const before = this.#failure;
    this.#failure = failure;
    if (before?.reason === failure?.reason) return;
    const collector = this.#collector;
    if (failure === undefined) {
      log.info("The collector delivers again", { collector });
    } else if (failure.reason === "unsupported") {
      log.info("The collector is not supported for this account and API key", {
        collector,
        failure,
      });
    } else {
      log.warn("The collector failed", { collector, reason: failure.reason, failure });
    }
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("bad_response", "The collector could not read the API's reply", {
    cause: error,
  });
}
