import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Collector } from "../collectors/collector.ts";
import { log } from "../log.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { CollectorFailures } from "./collector_failures.ts";
import { CollectorRecord, type Report } from "./collector_record.ts";
import type { Source } from "./source.ts";

/** A round is followed by a pause of at least this many times its duration: 20 % of the time at most. */
const PAUSE_FACTOR = 4;

/** Asks its collector again and again by itself; scrapes get what the last round found. */
export class BackgroundSource implements Source {
  readonly collector: Collector;
  readonly #record: CollectorRecord;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #failures: CollectorFailures;
  readonly #interval: number;
  readonly #random: () => number;
  readonly #maxStaleness: number;
  #hasGaps = false;

  /** Times in milliseconds; the interval is counted from the end of a round. */
  constructor(collector: Collector, options: {
    client: Client;
    clock: Clock;
    failures: CollectorFailures;
    interval: number;
    maxStaleness: number;
    random?: () => number;
  }) {
    this.collector = collector;
    this.#client = options.client;
    this.#clock = options.clock;
    this.#failures = options.failures;
    this.#interval = options.interval;
    this.#random = options.random ?? Math.random;
    this.#maxStaleness = options.maxStaleness;
    this.#record = new CollectorRecord({ collector: collector.name, ...options });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#random);
    while (!signal.aborted) {
      const started = this.#clock.monotonic();
      let pause: number;
      try {
        await this.#record.keep(signal, () => this.collector.collect(this.#client, signal));
        backoff.reset();
        // Many exporters started at once shall not ask at once for ever.
        pause = this.#interval * (0.9 + 0.2 * this.#random());
      } catch (error) {
        if (!(error instanceof ApiError)) return;
        this.#failures.count(this.collector.name, error.reason);
        pause = error.reason === "unsupported"
          ? this.#interval
          : Math.max(backoff.next(), error.retryAfter ?? 0);
      }
      const duration = this.#clock.monotonic() - started;
      pause = Math.max(pause, PAUSE_FACTOR * duration);
      this.#warnOfGaps(duration + pause + duration);
      await sleep(this.#clock, pause, signal).catch(() => {});
    }
  }

  /** Data is as old as the begin of its round, and is replaced at the end of the next. */
  #warnOfGaps(age: number): void {
    const gaps = age > this.#maxStaleness;
    if (gaps && !this.#hasGaps) {
      log.warn(
        "The last good data will be withdrawn before newer data is there: allow it more age",
        {
          collector: this.collector.name,
          maxStalenessSeconds: this.#maxStaleness / 1000,
          neededSeconds: Math.ceil(age / 1000),
        },
      );
    }
    this.#hasGaps = gaps;
  }

  ask(): Promise<Report> {
    return Promise.resolve(this.#record.report());
  }

  peek(): Report {
    return this.#record.report();
  }
}
