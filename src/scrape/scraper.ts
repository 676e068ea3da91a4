import { type Clock, secondsSince } from "../clock.ts";
import type { WritableFamily } from "../metrics/exposition.ts";
import type { Family } from "../metrics/family.ts";
import { INSTRUMENT_FAMILIES, type Instruments } from "../metrics/instruments.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { type Report, type Source, staleData } from "./collector_record.ts";
import { type CollectorFailures, HEALTH_FAMILIES, healthFamilies } from "./health_families.ts";
import type { ServingPolicy } from "./serving_policy.ts";
import type { TroubleLog } from "./trouble_log.ts";

/** The families that are served for every account. */
export const OWN_FAMILIES: readonly Family[] = [...HEALTH_FAMILIES, ...INSTRUMENT_FAMILIES];

/** The outcome of one scrape. */
export interface Scrape {
  /** What to serve; undefined when the scrape as a whole has failed. */
  readonly families: readonly WritableFamily[] | undefined;
  /** What every collector reported, in the order of the collectors. */
  readonly reports: readonly Report[];
}

/** Scrapes every collector concurrently and assembles what has arrived by the deadline. */
export class Scraper {
  readonly #sources: readonly Source[];
  readonly #clock: Clock;
  readonly #instruments: Instruments;
  readonly #policy: ServingPolicy;
  readonly #exporterMetrics: boolean;
  readonly #failures: CollectorFailures;
  readonly #troubles: TroubleLog;
  readonly #version: string;

  constructor(options: {
    sources: readonly Source[];
    clock: Clock;
    instruments: Instruments;
    failures: CollectorFailures;
    troubles: TroubleLog;
    policy: ServingPolicy;
    /** Whether the exporter's own instruments are served. */
    exporterMetrics: boolean;
    /** The exporter's version in the build information. */
    version: string;
  }) {
    this.#sources = options.sources;
    this.#clock = options.clock;
    this.#instruments = options.instruments;
    this.#failures = options.failures;
    this.#troubles = options.troubles;
    this.#policy = options.policy;
    this.#exporterMetrics = options.exporterMetrics;
    this.#version = options.version;
  }

  /** What is known about every collector without a request. */
  peek(): Report[] {
    return this.#sources.map((source) => source.peek());
  }

  /** One scrape of at most `deadline` milliseconds; rejects with the signal's reason if that aborts. */
  async scrape(deadline: number, signal: AbortSignal): Promise<Scrape> {
    const started = this.#clock.monotonic();
    using limit = new TimeLimit(this.#clock, deadline, signal);
    const asked = await Promise.all(
      this.#sources.map((source) => source.ask(limit.signal, deadline)),
    );
    this.#troubles.flush();
    const now = this.#clock.monotonic();
    // Remembered data may have expired while the scrape waited for other collectors.
    const reports = asked.map((report) => now < report.goodUntil ? report : withdrawn(report));
    if (!this.#policy.canServe(reports)) return { families: undefined, reports };
    return {
      families: [
        ...assemble(reports),
        ...healthFamilies({
          reports,
          isUp: this.#policy.isUp(reports),
          seconds: secondsSince(this.#clock, started),
          version: this.#version,
        }),
        this.#failures.read(),
        ...(this.#exporterMetrics ? this.#instruments.read() : []),
      ],
      reports,
    };
  }
}

function withdrawn(report: Report): Report {
  // Without data nothing has expired.
  if (report.data === undefined) return report;
  return { ...report, data: undefined, failure: report.failure ?? staleData() };
}

/**
 * Takes each family from the collector that claims it, or else from the first that delivered it, so
 * that no series is served twice and no family changes its labels.
 */
function assemble(reports: readonly Report[]): Iterable<WritableFamily> {
  const claimants = new Map<Family, Report>();
  for (const report of reports) {
    for (const family of report.claims) {
      if (!claimants.has(family)) claimants.set(family, report);
    }
  }
  const families = new Map<string, WritableFamily>();
  for (const report of reports) {
    for (const delivered of report.data?.families ?? report.counted) {
      const { family } = delivered;
      const isOthers = (claimants.get(family) ?? report) !== report;
      if (!isOthers && !families.has(family.name)) families.set(family.name, delivered);
    }
  }
  return families.values();
}
