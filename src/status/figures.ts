import { RunsOverview } from "../collectors/runs/overview.ts";
import { StacksOverview } from "../collectors/stacks/overview.ts";
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

/** What the last walk over the stacks found; undefined when that is not known. */
export function findStacksOverview(reports: readonly Report[]): StacksOverview | undefined {
  return reports.map(({ data }) => data?.overview)
    .find((overview) => overview instanceof StacksOverview);
}

/** What the ledger of runs knows; undefined when that is not known. */
export function findRunsOverview(reports: readonly Report[]): RunsOverview | undefined {
  return reports.map(({ data }) => data?.overview)
    .find((overview) => overview instanceof RunsOverview);
}

/** How many seconds old the data of a collector is; undefined when there is none. */
export function ageOf({ data, lastSuccess }: Report, now: number): number | undefined {
  if (data === undefined || lastSuccess === undefined) return undefined;
  return Math.max(0, now - lastSuccess);
}
