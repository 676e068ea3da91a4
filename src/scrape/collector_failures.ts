import { family, type FamilySamples } from "../metrics/family.ts";
import { counter, readInstrument } from "../metrics/instruments.ts";
import { type Reason, REASONS } from "../spacelift/api_error.ts";

/** The family of the counts. */
export const COLLECTOR_FAILURES = family({
  name: "spacelift_scrape_collector_failures_total",
  help: "The number of times a collector could not get fresh data, by reason",
  type: "counter",
  labels: ["collector", "reason"],
});

/** Counts failures by collector and reason, from 0 on so that increases show from the first. */
export class CollectorFailures {
  readonly #counter = counter(COLLECTOR_FAILURES);

  constructor(collectors: readonly string[]) {
    for (const collector of collectors) {
      for (const reason of REASONS) this.#counter.inc({ collector, reason }, 0);
    }
  }

  /** Counts one failure; that a collector is unsupported says something of the account instead. */
  count(collector: string, reason: Reason): void {
    if (reason !== "unsupported") this.#counter.inc({ collector, reason });
  }

  read(): Promise<FamilySamples> {
    return readInstrument(COLLECTOR_FAILURES, this.#counter);
  }
}
