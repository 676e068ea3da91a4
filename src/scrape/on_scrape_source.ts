import { type Clock, secondsSince } from "../clock.ts";
import type { Collector } from "../collectors/collector.ts";
import { SharedTask } from "../shared_task.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import { timedOut } from "../spacelift/timed_out.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import type { CollectorFailures } from "./collector_failures.ts";
import { CollectorRecord, type Report } from "./collector_record.ts";
import type { Source } from "./source.ts";

/** Asks its collector when a scrape comes; scrapes that come meanwhile share the request. */
export class OnScrapeSource implements Source {
  readonly collector: Collector;
  readonly #record: CollectorRecord;
  readonly #request: SharedTask<Report>;
  readonly #clock: Clock;
  readonly #failures: CollectorFailures;
  /** Until when, by the monotonic clock, the API asked not to be asked, and with which error. */
  #hold: { until: number; error: ApiError } | undefined;

  /** Times in milliseconds. */
  constructor(collector: Collector, options: {
    client: Client;
    clock: Clock;
    failures: CollectorFailures;
    timeout: number;
    maxStaleness: number;
  }) {
    const { client, clock, timeout } = options;
    this.collector = collector;
    this.#clock = clock;
    this.#failures = options.failures;
    this.#record = new CollectorRecord({ collector: collector.name, ...options });
    this.#request = new SharedTask((signal) =>
      this.#record.keep(signal, async () => {
        // However many scrapes join one after another, a request that hangs must end.
        using limit = new TimeLimit(clock, timeout, signal, () => timedOut(timeout));
        return await collector.collect(client, limit.signal);
      })
    );
  }

  async ask(signal: AbortSignal): Promise<Report> {
    if (this.#hold !== undefined && this.#clock.monotonic() < this.#hold.until) {
      this.#failures.count(this.collector.name, this.#hold.error.reason);
      return this.#record.report(this.#hold.error);
    }
    const started = this.#clock.monotonic();
    try {
      return await this.#request.join(signal);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#failures.count(this.collector.name, error.reason);
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
