import type { Report } from "../scrape/collector_record.ts";

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
