import { type Clock, secondsSince } from "../clock.ts";
import type { Collect } from "../collectors/collector.ts";
import { SharedTask } from "../shared_task.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { CollectorRecord, type Report, type Source } from "./collector_record.ts";
import type { CollectorFailures } from "./health_families.ts";
import type { NoteOutcome } from "./trouble_log.ts";

/** Runs its collector on each scrape; concurrent scrapes share the request. */
export class OnScrapeSource implements Source {
  readonly #collector: string;
  readonly #record: CollectorRecord;
  readonly #request: SharedTask<Report>;
  readonly #clock: Clock;
  readonly #failures: CollectorFailures;
  readonly #noteOutcome: NoteOutcome;
  /** Monotonic time at which the latest request began. */
  #requestedAt = -Infinity;
  /** The last error with a Retry-After, and the monotonic time at which that ends. */
  #hold: { until: number; error: ApiError } | undefined;

  /** Times in milliseconds. */
  constructor(collector: string, options: {
    collect: Collect;
    clock: Clock;
    failures: CollectorFailures;
    timeout: number;
    maxStaleness: number;
    noteOutcome: NoteOutcome;
  }) {
    const { collect, clock, timeout, maxStaleness, noteOutcome } = options;
    this.#collector = collector;
    this.#clock = clock;
    this.#failures = options.failures;
    this.#noteOutcome = noteOutcome;
    this.#record = new CollectorRecord({ collector, clock, maxStaleness, noteOutcome });
    this.#request = new SharedTask((signal) => {
      this.#requestedAt = clock.monotonic();
      return this.#record.run(signal, async () => {
        // A hanging request must end, however many scrapes join it one after another.
        using limit = new TimeLimit(clock, timeout, signal);
        return { families: [...(await collect(limit.signal)).families] };
      });
    });
  }

  async ask(signal: AbortSignal, ms: number): Promise<Report> {
    if (this.#hold !== undefined && this.#clock.monotonic() < this.#hold.until) {
      this.#failures.count(this.#collector, this.#hold.error.reason);
      return this.#record.report(this.#hold.error);
    }
    const started = this.#clock.monotonic();
    try {
      // A request that has hung this long may outlast the scrape, although the API may have
      // recovered.
      return await this.#request.join(signal, { restart: started - this.#requestedAt > ms / 2 });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failures.count(this.#collector, error.reason);
      // If this scrape was the last to wait, its request ends only after the scrape.
      if (!this.#request.isRunning) this.#noteOutcome(this.#collector, error);
      if (error.retryAfter !== undefined) {
        this.#hold = { until: this.#clock.monotonic() + error.retryAfter, error };
      }
      return { ...this.#record.report(error), duration: secondsSince(this.#clock, started) };
    }
  }

  peek(): Report {
    return this.#record.report();
  }
}
