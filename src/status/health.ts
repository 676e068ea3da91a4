import { describeError } from "../log.ts";
import type { Report } from "../scrape/collector_record.ts";
import { isFailed } from "../scrape/health_families.ts";
import type { ApiError } from "../spacelift/api_error.ts";
import { type Condition, conditionOf } from "./figures.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { formatAgo, shorten, table } from "./parts.ts";

const TONES: Readonly<Record<Condition, "good" | "bad" | "soft">> = {
  "fresh": "good",
  "stale": "bad",
  "failed": "bad",
  "unsupported": "soft",
  "no data yet": "soft",
  "no recent data": "soft",
};

/** One sentence on how the exporter is doing. */
export function summary(reports: readonly Report[]): Html {
  const failed = reports.filter(isFailed);
  if (failed.length > 0) {
    const stale = failed.some(({ data }) => data !== undefined);
    return html`
      <p class="state bad">In trouble: ${namesOf(failed)}.${stale
        ? " Data marked as stale is the last that was good."
        : ""}</p>
    `;
  }
  const silent = reports.filter(({ data, failure }) => data === undefined && failure === undefined);
  if (silent.length > 0) {
    return html`
      <p class="state">No recent data from ${namesOf(silent)}.</p>
      <p>This page asks the account for nothing. It shows what scrapes of
        <a href="/metrics">/metrics</a> and walks over the stacks have found.</p>
    `;
  }
  return html`<p class="state good">All collectors are well.</p>`;
}

/** The health of each collector. */
export function collectorsSection(reports: readonly Report[], now: number): Html {
  const rows = reports.map((report) => {
    const condition = conditionOf(report);
    const { collector, failure, duration, lastSuccess } = report;
    return [
      collector,
      html`<span class="${TONES[condition]}">${condition}</span> ${reason(failure)}`,
      lastSuccess === undefined ? "never" : formatAgo(lastSuccess, now),
      duration === undefined ? "" : `${duration.toFixed(3)} s`,
    ];
  });
  return html`
    <section aria-labelledby="collectors">
      <h2 id="collectors">Collectors</h2>
      ${table({
        caption: "Health of each collector",
        columns: [
          { heading: "Collector" },
          { heading: "Data" },
          { heading: "Last success" },
          { heading: "Duration", numeric: true },
        ],
        rows,
      })}
    </section>
  `;
}

function reason(failure: ApiError | undefined): HtmlValue {
  if (failure === undefined) return "";
  return html`<small>${shorten(`${failure.reason}: ${describeError(failure)}`, 300)}</small>`;
}

function namesOf(reports: readonly Report[]): string {
  return reports.map(({ collector }) => collector).join(", ");
}
