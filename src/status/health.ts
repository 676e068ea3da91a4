import { describeError } from "../log.ts";
import type { Report } from "../scrape/collector_record.ts";
import { BUILD, describeBuild } from "../version.ts";
import { type Condition, conditionOf, REASON_WORDS, subjectOf, toneOf } from "./condition.ts";
import { ageOf } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { formatAgo, formatSpan, inARow, mark, shorten, type Tone } from "./parts.ts";

/** Whether the data on the page is good. */
export interface Verdict {
  readonly tone: Tone;
  /** A word or two for the title of the page; empty when all is well. */
  readonly short: string;
  /** A sentence that says all that matters. */
  readonly headline: string;
  /** Exceptions to the headline, and why: one sentence each. */
  readonly details: readonly string[];
}

/** Judges the data by what is old or missing, and why. */
export function judge(reports: readonly Report[], now: number): Verdict {
  const by = Map.groupBy(reports, (report) => conditionOf(report, reports));
  const of = (condition: Condition) => by.get(condition) ?? [];
  const [fresh, old, missing] = [of("fresh"), of("remembered"), of("missing")];
  const [idle, refused] = [of("not read"), of("not available")];
  const wanted = reports.length - refused.length;
  const name = (some: readonly Report[]) =>
    some.length === wanted && wanted > 1 ? "everything" : namesOf(some);
  const errors = [
    ...explain(missing, (same) => `Missing: ${name(same)}.`),
    ...explain(old, (same) => `Remembered from ${oldest(same, now)} ago: ${name(same)}.`),
  ];
  // One cause for all that is wrong: the headline has named what it affects.
  const isNamed = errors.length === 1 && idle.length === 0;
  const details = [
    ...errors.map(({ affected, error }) => isNamed ? error : `${affected} ${error}`),
    ...explainIdle(idle, now, name),
    ...(refused.length > 0 ? [`Not available to this API key: ${namesOf(refused)}.`] : []),
  ];
  return { ...headline({ fresh, old, missing, idle }, now), details };
}

function headline(
  { fresh, old, missing, idle }: Record<"fresh" | "old" | "missing" | "idle", readonly Report[]>,
  now: number,
): Omit<Verdict, "details"> {
  const isBad = missing.some((report) => toneOf(report, "missing") === "bad");
  const trouble = { tone: isBad ? "bad" : "warn", short: "Data missing" } as const;
  const expired = idle.filter(({ lastSuccess }) => lastSuccess !== undefined);
  if (fresh.length + old.length === 0) {
    if (missing.length + idle.length === 0) {
      return {
        tone: "calm",
        short: "No data",
        headline: "There is no data for this API key to read.",
      };
    }
    const headline = missing.length === 0
      ? sayIdle(idle, now)
      : `There is no data: ${mainReason(missing)}${lastSeen(missing, now)}.`;
    return { ...trouble, short: "No data", headline };
  }
  const gone = [...missing, ...expired];
  if (gone.length > 0) {
    return { ...trouble, headline: `Part of the data is missing: ${namesOf(gone)}.` };
  }
  if (old.length > 0) {
    const since = `from ${oldest(old, now)} ago`;
    const headline = fresh.length + idle.length === 0
      ? `The data is ${since}: ${mainReason(old)}.`
      : `Part of the data is ${since}: ${namesOf(old)}.`;
    return { tone: "warn", short: "Old data", headline };
  }
  const good = `The data is good: at most ${oldest(fresh, now)} old`;
  return idle.length === 0
    ? { tone: "good", short: "", headline: `${good}.` }
    : { tone: "calm", short: "Reading", headline: `${good}, but not yet complete.` };
}

function sayIdle(idle: readonly Report[], now: number): string {
  const last = lastSuccessOf(idle);
  return last === undefined
    ? "There is no data yet: nothing has scraped this exporter since it started."
    : `There is no current data: nothing has scraped this exporter for ${formatSpan(now - last)}.`;
}

/** What was not read, by since when. */
function explainIdle(
  idle: readonly Report[],
  now: number,
  name: (reports: readonly Report[]) => string,
): string[] {
  const bySpan = Map.groupBy(
    idle,
    ({ lastSuccess }) => lastSuccess === undefined ? "yet" : `for ${formatSpan(now - lastSuccess)}`,
  );
  return [...bySpan].map(([span, same]) =>
    `Not read ${span}: ${name(same)}.${span === "yet" ? "" : " Is this exporter still scraped?"}`
  );
}

function lastSeen(reports: readonly Report[], now: number): string {
  const last = lastSuccessOf(reports);
  return last === undefined ? "" : `. The last data was read ${formatSpan(now - last)} ago`;
}

function lastSuccessOf(reports: readonly Report[]): number | undefined {
  const times = reports.flatMap(({ lastSuccess }) => lastSuccess ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

function oldest(reports: readonly Report[], now: number): string {
  const ages = reports.map((report) => ageOf(report, now) ?? 0);
  return formatSpan(Math.max(1, Math.ceil(Math.max(...ages))));
}

/** The reason that most of the collectors share. */
function mainReason(reports: readonly Report[]): string {
  const reasons = Map.groupBy(reports, ({ failure }) => failure?.reason);
  const [[reason] = []] = [...reasons].sort(([, a], [, b]) => b.length - a.length);
  return reason === undefined ? "" : REASON_WORDS[reason];
}

/** Each error, with a sentence that names every collector that it affects. */
function explain(
  reports: readonly Report[],
  sentence: (same: readonly Report[]) => string,
): { readonly affected: string; readonly error: string }[] {
  const byError = Map.groupBy(
    reports,
    ({ failure }) => failure === undefined ? "" : shorten(describeError(failure), 200),
  );
  return [...byError].map(([error, same]) => ({ affected: sentence(same), error: `${error}.` }));
}

function namesOf(reports: readonly Report[]): string {
  return inARow(reports.map(subjectOf));
}

/** The exporter itself: what each collector does, which build runs, where to read more. */
export function insideSection(reports: readonly Report[], now: number): Html {
  return html`
    <details>
      <summary>Inside the exporter</summary>
      <ul class="inside">
        ${reports.map((report) => line(report, conditionOf(report, reports), now))}
      </ul>
      <p class="soft">Version ${describeBuild()}${BUILD.date === ""
        ? ""
        : ` of ${BUILD.date.slice(0, 10)}`}.</p>
      <nav aria-label="Pages">
        <a href="/metrics">Metrics</a>
        <a href="/health">Health</a>
        <a href="https://docs.spacelift.io/">Spacelift documentation</a>
      </nav>
    </details>
  `;
}

function line(report: Report, condition: Condition, now: number): Html {
  const { collector, failure, duration, lastSuccess } = report;
  const asked = duration === undefined ? "" : `, took ${duration.toFixed(3)} s`;
  const read = lastSuccess === undefined ? "never read" : html`read ${formatAgo(lastSuccess, now)}`;
  const error = failure === undefined
    ? ""
    : html`<small>${shorten(`${failure.reason}: ${describeError(failure)}`, 300)}</small>`;
  return html`<li>${mark(toneOf(report, condition))}
    <span><b>${collector}</b> ${condition}, ${read}${asked} ${error}</span></li>`;
}
