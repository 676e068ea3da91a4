import type { Family, Sample } from "../metrics/family.ts";
import type { Report } from "../scrape/collector_record.ts";

/** The samples of a family in what collectors reported; undefined when none delivered them. */
export function findSamples(
  reports: readonly Report[],
  family: Family,
): readonly Sample[] | undefined {
  for (const { data } of reports) {
    for (const delivered of data ?? []) {
      if (delivered.family === family && "samples" in delivered) return delivered.samples;
    }
  }
  return undefined;
}

/** The value of a family without labels; undefined when it is not known. */
export function findValue(reports: readonly Report[], family: Family): number | undefined {
  return findSamples(reports, family)?.[0]?.value;
}
