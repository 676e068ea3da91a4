import type { Report } from "./collector_record.ts";

/** What the policy needs to know about a collector. */
export interface CollectorTraits {
  readonly name: string;
  /** Present if it runs in the background. */
  readonly schedule?: unknown;
  readonly isOriginal?: boolean;
}

/** Decides from the collectors' reports whether a scrape fails, and whether the API is up. */
export class ServingPolicy {
  readonly #partial: boolean;
  readonly #background: ReadonlySet<string>;
  readonly #original: ReadonlySet<string>;
  readonly #isBackgroundAlone: boolean;

  /** `partial`: whether data is served although a collector failed. */
  constructor(options: { collectors: readonly CollectorTraits[]; partial: boolean }) {
    const { collectors, partial } = options;
    const background = collectors.filter(({ schedule }) => schedule !== undefined);
    const original = collectors.filter(({ isOriginal }) => isOriginal === true);
    this.#partial = partial;
    this.#background = new Set(background.map(({ name }) => name));
    this.#original = new Set(original.map(({ name }) => name));
    this.#isBackgroundAlone = background.length === collectors.length;
  }

  /** Whether the scrape is answered with the available data rather than with its failures. */
  canServe(reports: readonly Report[]): boolean {
    return reports.some((report) => this.#isWorthServing(report)) &&
      (this.#partial || reports.every((report) => this.#isTolerable(report)));
  }

  /** Whether a collector that runs on scrapes got fresh data, if any of those is on. */
  isUp(reports: readonly Report[]): boolean {
    return reports.some((report) => this.#speaksForTheApi(report) && isFresh(report));
  }

  /** Background data, which is kept for longer, must not delay the report of an outage. */
  #isWorthServing(report: Report): boolean {
    return this.#speaksForTheApi(report) ? report.data !== undefined : isFresh(report);
  }

  #speaksForTheApi({ collector }: Report): boolean {
    return this.#isBackgroundAlone || !this.#background.has(collector);
  }

  /**
   * Without partial scrapes any failure counts, as in Spacelift's own exporter; but a collector
   * that it lacks, and that the account has refused from the start, must not fail the scrape.
   */
  #isTolerable({ collector, failure, lastSuccess }: Report): boolean {
    if (failure === undefined) return true;
    const isRefused = failure.reason === "unsupported" || failure.reason === "unauthorized";
    return !this.#original.has(collector) && isRefused && lastSuccess === undefined;
  }
}

function isFresh({ data, failure }: Report): boolean {
  return data !== undefined && failure === undefined;
}
