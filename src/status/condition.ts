import { aggregates } from "../collectors/aggregates.ts";
import { COLLECTORS } from "../collectors/list.ts";
import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import { runs } from "../collectors/runs/collector.ts";
import { stacks } from "../collectors/stacks/collector.ts";
import { usage } from "../collectors/usage.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Report } from "../scrape/collector_record.ts";
import type { Reason } from "../spacelift/api_error.ts";
import { ageOf } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { capitalize, formatSpan, inARow, note, type Tone } from "./parts.ts";

/** The state of a collector's data. */
export type Condition =
  | "fresh"
  /** The last good data from before a failure. */
  | "remembered"
  | "missing"
  /** The installation or the API key does not provide this data. */
  | "not available"
  /** It has not been requested, or not recently. */
  | "not read";

/** The condition of a collector's data, among the reports of all collectors. */
export function conditionOf(report: Report, all: readonly Report[]): Condition {
  const { data, failure } = report;
  if (data !== undefined) return failure === undefined ? "fresh" : "remembered";
  if (failure === undefined) return "not read";
  if (failure.reason === "unsupported") return "not available";
  // The key works elsewhere, so a permission is missing.
  const accepted = all.some(({ data, failure }) => data !== undefined && failure === undefined);
  return failure.reason === "unauthorized" && accepted ? "not available" : "missing";
}

/** What a condition means for the reader of the page. */
export function toneOf(report: Report, condition: Condition): Tone {
  if (condition === "fresh") return "good";
  if (condition === "remembered") return "warn";
  if (condition !== "missing") return "calm";
  // The exporter obeys the Retry-After and recovers on its own.
  return report.failure?.reason === "rate_limited" ? "warn" : "bad";
}

/** What each reason says about the data, as a clause. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  timeout: "Spacelift does not answer in time",
  unreachable: "Spacelift cannot be reached",
  rate_limited: "Spacelift has limited the exporter's requests",
  unauthorized: "Spacelift rejects the API key",
  unsupported: "this account does not offer it to API keys",
  graphql: "Spacelift answers with an error",
  bad_response: "Spacelift's answer cannot be read",
  stale: "newer data is not there yet",
};

const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ...COLLECTORS.map(({ name, subject }) => [name, subject] as const),
  [aggregates.name, "account totals"],
  [publicWorkerPool.name, "public workers"],
  [runs.name, "runs"],
  [stacks.name, "stacks"],
  [usage.name, "billing period"],
  [workerPools.name, "private workers"],
]);

/** The subject of a collector's data, in plain words. */
export function subjectOf({ collector }: Report): string {
  return SUBJECTS.get(collector) ?? collector;
}

/** Notes on the data of a part of the page, unless all of it is fresh. */
function conditionNotes(
  reports: readonly Report[],
  all: readonly Report[],
  now: number,
): Html[] {
  const alike = Map.groupBy(reports, (report) => describe(report, conditionOf(report, all), now));
  return [...alike].flatMap(([text, [first, ...others]]) => {
    if (first === undefined || text === "") return [];
    const group = [first, ...others];
    const names = capitalize(inARow(group.map(subjectOf)));
    const tone = toneOf(first, conditionOf(first, all));
    return [note(tone, group.length === reports.length ? capitalize(text) : `${names}: ${text}`)];
  });
}

function describe(report: Report, condition: Condition, now: number): string {
  const { failure, lastSuccess } = report;
  switch (condition) {
    case "fresh":
      return "";
    case "remembered":
      return `from ${formatSpan(ageOf(report, now) ?? 0)} ago.`;
    case "missing":
      return `missing. ${failure === undefined ? "" : REASON_WORDS[failure.reason]}.`;
    case "not available":
      return "not available to this API key.";
    case "not read":
      return lastSuccess === undefined
        ? "not read yet."
        : `not read for ${formatSpan(now - lastSuccess)}.`;
  }
}

/** A part of the page with the data of certain collectors and notes on its condition. */
export function section(options: {
  readonly id: string;
  readonly title: string;
  readonly reports: readonly Report[];
  readonly collectors: readonly string[];
  /** Unix seconds. */
  readonly now: number;
  /** Called only when one of the collectors has data. */
  readonly content: () => Html;
}): Html {
  const { id, title, reports: all, collectors, now } = options;
  const reports = all.filter(({ collector }) => collectors.includes(collector));
  return html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      ${reports.length === 0 ? note("calm", "Switched off.") : conditionNotes(reports, all, now)}
      ${reports.some(({ data }) => data !== undefined) ? options.content() : ""}
    </section>
  `;
}
