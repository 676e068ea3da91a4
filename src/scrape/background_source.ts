import { setImmediate } from "node:timers/promises";
import { Backoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Collect, Schedule } from "../collectors/collector.ts";
import { formatDuration } from "../duration.ts";
import { log } from "../log.ts";
import { type PreparedFamily, prepareFamily } from "../metrics/exposition.ts";
import type { Family, FamilySamples } from "../metrics/family.ts";
import { Pause } from "../pause.ts";
import { AccessDenied, ApiError } from "../spacelift/api_error.ts";
import {
  CollectorRecord,
  type Finding,
  type Report,
  type Source,
  staleData,
} from "./collector_record.ts";
import type { CollectorFailures } from "./health_families.ts";
import type { NoteOutcome } from "./trouble_log.ts";

/** Rounds take at most 20 % of the time: each is followed by a pause of four times its duration. */
const PAUSE_FACTOR = 4;
/** By what share an interval is randomly shortened or extended. */
const JITTER = 0.1;
/** How long data is served at least when no maximum staleness is set, in milliseconds. */
const USUAL_STALENESS = 10 * 60_000;

/** The shortest pause before a round that is requested early, in milliseconds. */
const HURRIED_PAUSE = 5_000;

/**
 * Runs its collector in the background, round after round; scrapes get the result of the last
 * round.
 */
export class BackgroundSource implements Source {
  readonly #collector: string;
  readonly #collect: Collect;
  readonly #record: CollectorRecord;
  readonly #clock: Clock;
  readonly #failures: CollectorFailures;
  readonly schedule: Schedule;
  readonly #pause: Pause;
  readonly #random: () => number;
  #hasGaps = false;
  #isStale = false;
  #claims: readonly Family[];
  /** Whether the collector has delivered or been refused, which settles what it may read. */
  #isSettled = false;
  /** How long the current round has waited for the API to recover, in milliseconds. */
  #lost = 0;

  constructor(collector: string, options: {
    collect: Collect;
    clock: Clock;
    failures: CollectorFailures;
    schedule: Schedule;
    noteOutcome: NoteOutcome;
    random?: () => number;
  }) {
    const { clock, noteOutcome, schedule: { maxStaleness = USUAL_STALENESS } } = options;
    this.#collector = collector;
    this.#collect = options.collect;
    this.#clock = clock;
    this.#failures = options.failures;
    this.schedule = options.schedule;
    this.#pause = new Pause(clock);
    this.#claims = options.schedule.claims;
    this.#random = options.random ?? Math.random;
    this.#record = new CollectorRecord({ collector, clock, maxStaleness, noteOutcome });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#random);
    while (!signal.aborted) {
      const started = this.#clock.monotonic();
      this.#lost = 0;
      let failure: ApiError | undefined;
      try {
        failure = await this.round(signal);
      } catch {
        return;
      }
      const duration = this.#clock.monotonic() - started;
      const courtesy = this.#courtesy(duration);
      const pause = Math.max(this.#pauseAfter(failure, backoff), courtesy);
      this.#warnOfGaps(duration + pause + duration);
      const least = failure === undefined ? Math.max(HURRIED_PAUSE, courtesy) : pause;
      await this.#pause.wait(Math.min(least, pause), pause, signal);
    }
  }

  /**
   * Runs one round, and resolves with why it failed, if it did; rejects only with the reason of a
   * signal that is not an `ApiError`.
   */
  async round(signal: AbortSignal): Promise<ApiError | undefined> {
    try {
      await this.#record.run(signal, () => this.#find(signal));
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failures.count(this.#collector, error.reason);
      this.#acceptRefusal(error);
      return error;
    }
  }

  /** Starts the next round as soon as possible; after a failure it starts when it is due. */
  hurry(): void {
    this.#pause.hurry();
  }

  async #find(signal: AbortSignal): Promise<Finding> {
    const started = this.#clock.monotonic();
    const { families, overview } = await this.#collect(signal, (failure, lost) => {
      this.#lost += lost;
      this.#failures.count(this.#collector, failure.reason);
      this.#record.trouble(failure);
    });
    const prepared = await prepare(families);
    this.#adjustStaleness(this.#clock.monotonic() - started);
    // From now on, families that the server lacks are left to other collectors.
    this.#claims = prepared.map(({ family }) => family);
    this.#isSettled = true;
    return overview === undefined ? { families: prepared } : { families: prepared, overview };
  }

  /**
   * Other collectors may take over from one that is refused before its first delivery. Later
   * refusals change nothing, so that no family changes its labels at run time.
   */
  #acceptRefusal(error: ApiError): void {
    const isRefusal = error.reason === "unsupported" || error instanceof AccessDenied;
    if (this.#isSettled || !isRefusal) return;
    this.#claims = [];
    this.#isSettled = true;
  }

  /** How long the next round can wait, whatever the last one took. */
  #pauseAfter(failure: ApiError | undefined, backoff: Backoff): number {
    const { interval } = this.schedule;
    if (failure === undefined) {
      backoff.reset();
      // Exporters that started together must not send their requests together forever.
      return interval * (1 - JITTER + 2 * JITTER * this.#random());
    }
    if (failure.reason === "unsupported") return interval;
    return Math.max(backoff.next(), failure.retryAfter ?? 0);
  }

  /** The shortest pause after a round of this duration, less the time that it only waited. */
  #courtesy(duration: number): number {
    return PAUSE_FACTOR * (duration - this.#lost);
  }

  /** Without a maximum staleness, allows for two rounds as long as this one. */
  #adjustStaleness(duration: number): void {
    const { interval, maxStaleness } = this.schedule;
    if (maxStaleness !== undefined) return;
    const pause = Math.max(interval + interval * JITTER, this.#courtesy(duration));
    this.#record.serveFor(Math.max(USUAL_STALENESS, 2 * (duration + pause)));
  }

  /** Data ages from the start of its round, and is replaced at the end of the next. */
  #warnOfGaps(age: number): void {
    const { maxStaleness, maxStalenessFlag } = this.schedule;
    if (maxStaleness === undefined) return;
    const gaps = age > maxStaleness;
    if (gaps && !this.#hasGaps) {
      const needed = Math.ceil(age / 1000);
      log.warn(
        `Rounds take too long for ${maxStalenessFlag} ${formatDuration(maxStaleness)}: ` +
          `data will expire before newer data arrives; raise it to at least ${needed}s`,
        { collector: this.#collector },
      );
    }
    this.#hasGaps = gaps;
  }

  ask(): Promise<Report> {
    const report = this.peek();
    const isStale = report.failure?.reason === "stale";
    if (isStale) {
      this.#failures.count(this.#collector, "stale");
      if (!this.#isStale) log.warn("Data is too old to be served", { collector: this.#collector });
    }
    this.#isStale = isStale;
    return Promise.resolve(report);
  }

  peek(): Report {
    const report = { ...this.#record.report(), claims: this.#claims };
    const { data, failure, lastSuccess } = report;
    const isStale = data === undefined && failure === undefined && lastSuccess !== undefined;
    return isStale ? { ...report, failure: staleData() } : report;
  }
}

/** Prepares the families for all later scrapes, yielding to scrapes between families. */
async function prepare(families: Iterable<FamilySamples>): Promise<PreparedFamily[]> {
  const prepared: PreparedFamily[] = [];
  for (const samples of families) {
    prepared.push(prepareFamily(samples));
    await setImmediate();
  }
  return prepared;
}
