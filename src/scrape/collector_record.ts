import { type Clock, secondsSince } from "../clock.ts";
import { describeError } from "../log.ts";
import type { WritableFamily } from "../metrics/exposition.ts";
import type { Family } from "../metrics/family.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { NoteOutcome } from "./trouble_log.ts";

/** A collector with its last good data, as a scrape sees it. */
export interface Source {
  /**
   * What the collector delivers to a scrape that may take `ms`; rejects only with the reason of a
   * signal that is not an `ApiError`.
   */
  ask(signal: AbortSignal, ms: number): Promise<Report>;
  /** What is known without a request. */
  peek(): Report;
}

/** What a collector found, ready to be written. */
export interface Finding {
  readonly families: readonly WritableFamily[];
  readonly overview?: object;
}

/** What one scrape knows about one collector. */
export interface Report {
  readonly collector: string;
  /** Fresh data, or the last good data as long as that may be served. */
  readonly data: Finding | undefined;
  /** Counters, which stay true however old the rest of the data is. */
  readonly counted: readonly WritableFamily[];
  /** Monotonic time until which the data may be served. */
  readonly goodUntil: number;
  /** Why the data is not fresh; absent when it is, or when the collector has not been asked yet. */
  readonly failure: ApiError | undefined;
  /** How long the last request took, or how long a scrape waited without success, in seconds. */
  readonly duration: number | undefined;
  /** When the last good data was requested, in Unix seconds; absent before the first. */
  readonly lastSuccess: number | undefined;
  /** Families that no other collector may deliver, whether this one has them now or not. */
  readonly claims: readonly Family[];
}

/** Remembers the last good data and the last outcome of one collector. */
export class CollectorRecord {
  readonly #collector: string;
  readonly #clock: Clock;
  readonly #noteOutcome: NoteOutcome;
  #maxStaleness: number;
  #lastGood: { data: Finding; askedAt: number } | undefined;
  #counted: readonly WritableFamily[] = [];
  #lastSuccess: number | undefined;
  /** When the request of the latest outcome began: results of older requests are ignored. */
  #outcomeOf = -Infinity;
  #failure: ApiError | undefined;
  #duration: number | undefined;

  /** `maxStaleness` in milliseconds; 0 remembers nothing. */
  constructor(options: {
    collector: string;
    clock: Clock;
    maxStaleness: number;
    noteOutcome: NoteOutcome;
  }) {
    this.#collector = options.collector;
    this.#noteOutcome = options.noteOutcome;
    this.#clock = options.clock;
    this.#maxStaleness = options.maxStaleness;
  }

  /** Runs one request, remembers its outcome and returns it or throws it as `ApiError`. */
  async run(signal: AbortSignal, work: () => Promise<Finding>): Promise<Report> {
    const askedAt = this.#clock.monotonic();
    const askedAtWall = this.#clock.wall();
    try {
      const data = await work();
      const duration = secondsSince(this.#clock, askedAt);
      if (askedAt >= this.#outcomeOf) {
        this.#outcomeOf = askedAt;
        this.#duration = duration;
        this.#lastGood = { data, askedAt };
        this.#counted = data.families.filter(({ family }) => family.type !== "gauge");
        this.#lastSuccess = askedAtWall / 1000;
        this.#changeTo(undefined);
      }
      return { ...this.report(), data, duration, failure: undefined, goodUntil: Infinity };
    } catch (error) {
      // Every scrape that waited has left, so nobody needs the outcome.
      if (signal.aborted && !(signal.reason instanceof ApiError)) throw error;
      const failure = asApiError(error);
      if (askedAt < this.#outcomeOf) throw failure;
      this.#outcomeOf = askedAt;
      this.#duration = secondsSince(this.#clock, askedAt);
      // The account no longer offers this data, so serving the old values would be wrong.
      if (failure.reason === "unsupported") this.#lastGood = undefined;
      this.#changeTo(failure);
      throw failure;
    }
  }

  /** Sets how long data may be served from now on, in milliseconds. */
  serveFor(maxStaleness: number): void {
    this.#maxStaleness = maxStaleness;
  }

  /** Records the failure of a request that continues with retries. */
  trouble(failure: ApiError): void {
    this.#changeTo(failure);
  }

  /** The current state; `failure` overrides the last outcome for one scrape. */
  report(failure = this.#failure): Report {
    return {
      collector: this.#collector,
      data: this.#remembered(),
      counted: this.#counted,
      goodUntil: (this.#lastGood?.askedAt ?? -Infinity) + this.#maxStaleness,
      failure,
      duration: this.#duration,
      lastSuccess: this.#lastSuccess,
      claims: [],
    };
  }

  #remembered(): Finding | undefined {
    if (this.#lastGood === undefined) return undefined;
    const age = this.#clock.monotonic() - this.#lastGood.askedAt;
    if (age >= this.#maxStaleness) this.#lastGood = undefined;
    return this.#lastGood?.data;
  }

  #changeTo(failure: ApiError | undefined): void {
    this.#failure = failure;
    this.#noteOutcome(this.#collector, failure);
  }
}

/** Why a collector has no fresh data, as a line of text. */
export function explainFailure({ collector, failure }: Report): string {
  return failure === undefined
    ? `${collector}: has not delivered yet\n`
    : `${collector}: ${failure.reason}: ${describeError(failure)}\n`;
}

/** The failure of a collector whose data expired although its last request did not fail. */
export function staleData(): ApiError {
  return new ApiError(
    "stale",
    "The last good data has become too old, and newer data has not arrived yet",
  );
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError("bad_response", "The collector could not read the API's reply", {
    cause: error,
  });
}
