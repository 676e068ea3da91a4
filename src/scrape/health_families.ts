import { type Family, family, type FamilySamples, sample } from "../metrics/family.ts";
import { counter, readCounter } from "../metrics/instruments.ts";
import { gauge, type Metric, perItem, readMetrics } from "../metrics/metric.ts";
import { type Reason, REASONS } from "../spacelift/api_error.ts";
import { BUILD } from "../version.ts";
import type { Report } from "./collector_record.ts";

const BUILD_INFO = family({
  name: "spacelift_build_info",
  help: "Contains build information about the exporter",
  type: "gauge",
  labels: ["commit", "denoversion", "version"],
});
const COLLECTOR_FAILURES = family({
  name: "spacelift_scrape_collector_failures_total",
  help: "The number of times a collector could not get fresh data, by reason",
  type: "counter",
  labels: ["collector", "reason"],
});
const SCRAPE_DURATION_HELP =
  "The duration in seconds of the request to the Spacelift API for metrics";

/** The outcome of a scrape. */
export interface Outcome {
  readonly reports: readonly Report[];
  /** Whether the API returned fresh data. */
  readonly isUp: boolean;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** The exporter's version. */
  readonly version: string;
}

const HEALTH_METRICS: readonly Metric<Outcome>[] = [
  gauge(
    "spacelift_up",
    "Whether at least one collector that scrapes ask got fresh data from the Spacelift API (1) or not (0)",
    ({ isUp }) => Number(isUp),
  ),
  perCollector(
    "spacelift_scrape_collector_success",
    "Whether a collector succeeded on the last scrape (1) or failed (0).",
    (report) => wasAsked(report) ? Number(!isFailed(report)) : null,
  ),
  perCollector(
    "spacelift_scrape_collector_supported",
    "Whether a collector's data is available on this deployment, tier and API key (1) or not (0). An unsupported collector is not a failure.",
    ({ failure }) => Number(failure?.reason !== "unsupported"),
  ),
  perCollector(
    "spacelift_scrape_collector_duration_seconds",
    "Duration of a collector's Spacelift API request on the last scrape.",
    (report) => wasAsked(report) ? report.duration ?? null : null,
  ),
  perCollector(
    "spacelift_scrape_collector_last_success_timestamp_seconds",
    "The time at which the data that a collector delivers was requested",
    ({ lastSuccess }) => lastSuccess ?? null,
  ),
  gauge("spacelift_scrape_duration_seconds", SCRAPE_DURATION_HELP, ({ seconds }) => seconds),
  gauge("spacelift_scrape_duration", SCRAPE_DURATION_HELP, ({ seconds }) => seconds),
  {
    family: BUILD_INFO,
    read: ({ version }) => [sample(BUILD_INFO, 1, BUILD.commit, Deno.version.deno, version)],
  },
];

/** The families about the outcome of the scrape, and of all scrapes since the start. */
export const HEALTH_FAMILIES: readonly Family[] = [
  ...HEALTH_METRICS.map(({ family }) => family),
  COLLECTOR_FAILURES,
];

/** The outcome of a scrape, as a whole and per collector. */
export function healthFamilies(outcome: Outcome): FamilySamples[] {
  return [...readMetrics(HEALTH_METRICS, outcome)];
}

/** Counts failures by collector and reason, starting at 0 so that the first one is an increase. */
export class CollectorFailures {
  readonly #counter = counter(COLLECTOR_FAILURES);

  constructor(collectors: readonly string[]) {
    for (const collector of collectors) {
      for (const reason of REASONS) this.#counter.inc({ collector, reason }, 0);
    }
  }

  /**
   * Counts one failure, unless the collector is unsupported, which is a property of the account.
   */
  count(collector: string, reason: Reason): void {
    if (reason !== "unsupported") this.#counter.inc({ collector, reason });
  }

  read(): FamilySamples {
    return readCounter(COLLECTOR_FAILURES, this.#counter);
  }
}

/** Whether the collector failed; an unsupported one has not. */
export function isFailed({ failure }: Report): boolean {
  return failure !== undefined && failure.reason !== "unsupported";
}

function wasAsked({ failure, duration }: Report): boolean {
  return failure !== undefined || duration !== undefined;
}

function perCollector(
  name: string,
  help: string,
  value: (report: Report) => number | null,
): Metric<Outcome> {
  return perItem(family({ name, help, type: "gauge", labels: ["collector"] }), {
    items: ({ reports }: Outcome) => reports,
    value,
    labels: ({ collector }) => [collector],
  });
}
