import { setImmediate } from "node:timers/promises";
import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Collect, Schedule } from "../collectors/collector.ts";
import { formatDuration } from "../duration.ts";
import { log } from "../log.ts";
import { type PreparedFamily, prepareFamily } from "../metrics/exposition.ts";
import type { FamilySamples } from "../metrics/family.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { CollectorRecord, type Finding, type Report, type Source } from "./collector_record.ts";
import type { CollectorFailures } from "./health_families.ts";
import type { NoteOutcome } from "./trouble_log.ts";

/** At most 20 % of the time is spent on rounds: each is followed by four times its own duration. */
const PAUSE_FACTOR = 4;

/** Asks its collector again and again by itself; scrapes get what the last round found. */
export class BackgroundSource implements Source {
  readonly #collector: string;
  readonly #collect: Collect;
  readonly #record: CollectorRecord;
  readonly #clock: Clock;
  readonly #failures: CollectorFailures;
  readonly #schedule: Schedule;
  readonly #random: () => number;
  #hasGaps = false;

  constructor(collector: string, options: {
    collect: Collect;
    clock: Clock;
    failures: CollectorFailures;
    schedule: Schedule;
    noteOutcome: NoteOutcome;
    random?: () => number;
  }) {
    const { clock, noteOutcome, schedule: { maxStaleness } } = options;
    this.#collector = collector;
    this.#collect = options.collect;
    this.#clock = clock;
    this.#failures = options.failures;
    this.#schedule = options.schedule;
    this.#random = options.random ?? Math.random;
    this.#record = new CollectorRecord({ collector, clock, maxStaleness, noteOutcome });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#random);
    const { interval } = this.#schedule;
    while (!signal.aborted) {
      const started = this.#clock.monotonic();
      let pause: number;
      try {
        await this.#record.run(signal, () => this.#find(signal));
        backoff.reset();
        // Many exporters started at once must not ask at once forever.
        pause = interval * (0.9 + 0.2 * this.#random());
      } catch (error) {
        if (!(error instanceof ApiError)) return;
        this.#failures.count(this.#collector, error.reason);
        pause = error.reason === "unsupported"
          ? interval
          : Math.max(backoff.next(), error.retryAfter ?? 0);
      }
      const duration = this.#clock.monotonic() - started;
      pause = Math.max(pause, PAUSE_FACTOR * duration);
      this.#warnOfGaps(duration + pause + duration);
      await sleep(this.#clock, pause, signal).catch(() => {});
    }
  }

  /** Asks once; rejects only with the reason of a signal that is no `ApiError`. */
  async round(signal: AbortSignal): Promise<void> {
    try {
      await this.#record.run(signal, () => this.#find(signal));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failures.count(this.#collector, error.reason);
    }
  }

  async #find(signal: AbortSignal): Promise<Finding> {
    const { families, overview } = await this.#collect(signal);
    const prepared = await prepare(families);
    return overview === undefined ? { families: prepared } : { families: prepared, overview };
  }

  /** Data is as old as the beginning of its round, and is replaced at the end of the next. */
  #warnOfGaps(age: number): void {
    const { maxStaleness, maxStalenessFlag } = this.#schedule;
    const gaps = age > maxStaleness;
    if (gaps && !this.#hasGaps) {
      const needed = Math.ceil(age / 1000);
      log.warn(
        `Rounds take too long for ${maxStalenessFlag} ${formatDuration(maxStaleness)}: ` +
          `data will expire before newer data arrives, raise it to at least ${needed}s`,
        { collector: this.#collector },
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

/** Writes the families for all scrapes to come, letting scrapes through between one and the next. */
async function prepare(families: Iterable<FamilySamples>): Promise<PreparedFamily[]> {
  const prepared: PreparedFamily[] = [];
  for (const samples of families) {
    prepared.push(prepareFamily(samples));
    await setImmediate();
  }
  return prepared;
}
