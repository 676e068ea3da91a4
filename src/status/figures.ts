import type { Family, Sample } from "../metrics/family.ts";
import type { Report } from "../scrape/collector_record.ts";

/** The samples of a family in what collectors reported; undefined when none delivered them. */
export function findSamples(
  reports: readonly Report[],
  { family }: { readonly family: Family },
): readonly Sample[] | undefined {
  for (const { data } of reports) {
    for (const delivered of data?.families ?? []) {
      if (delivered.family === family && "samples" in delivered) return delivered.samples;
    }
  }
  return undefined;
}

/** The value of a family without labels; undefined when it is not known. */
export function findValue(
  reports: readonly Report[],
  metric: { readonly family: Family },
): number | undefined {
  return findSamples(reports, metric)?.[0]?.value;
}

/** How it is with the data of a collector, in words for people. */
export type Condition =
  | "fresh"
  /** Last good data from before a failure. */
  | "stale"
  | "failed"
  | "unsupported"
  | "no data yet"
  /** Too old to be served, and nobody has asked since. */
  | "no recent data";

/** The condition of a collector's data. */
export function conditionOf({ data, failure, lastSuccess }: Report): Condition {
  if (data !== undefined) return failure === undefined ? "fresh" : "stale";
  if (failure !== undefined) return failure.reason === "unsupported" ? "unsupported" : "failed";
  return lastSuccess === undefined ? "no data yet" : "no recent data";
}
