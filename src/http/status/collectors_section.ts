import type { Report } from "../../scrape/collector_record.ts";
import { isFailed, isFresh } from "../../scrape/health_families.ts";
import { type Html, html } from "../html.ts";
import { formatAgo } from "./format.ts";
import { table } from "./table.ts";

/** One sentence on how the exporter is doing. */
export function summary(reports: readonly Report[]): Html {
  const failed = reports.filter(isFailed);
  if (failed.length > 0) {
    const names = failed.map(({ collector }) => collector).join(", ");
    const kept = failed.some(({ data }) => data !== undefined);
    return html`<p class="state bad">In trouble: ${names}.${
      kept ? " The last good data is shown where there is any." : ""
    }</p>`;
  }
  if (!reports.some(isFresh)) {
    return html`<p class="state">No data yet: nothing has been scraped.</p>`;
  }
  return html`<p class="state good">All collectors are well.</p>`;
}

/** The health of each collector. */
export function collectorsSection(reports: readonly Report[], now: number): Html {
  const rows = reports.map((report) => [
    report.collector,
    html`<span class="${condition(report)}">${condition(report)}</span>`,
    report.lastSuccess === undefined ? "never" : formatAgo(report.lastSuccess, now),
    report.duration === undefined ? "" : `${report.duration.toFixed(3)} s`,
    report.failure === undefined ? "" : `${report.failure.reason}: ${report.failure.message}`,
  ]);
  return html`
    <section aria-labelledby="collectors">
      <h2 id="collectors">Collectors</h2>
      ${table("Health of each collector", [
        { heading: "Collector" },
        { heading: "Condition" },
        { heading: "Last success" },
        { heading: "Duration", numeric: true },
        { heading: "Trouble" },
      ], rows)}
    </section>
  `;
}

function condition(report: Report): string {
  if (isFresh(report)) return "fresh";
  if (isFailed(report)) return report.data === undefined ? "failed" : "stale";
  return report.failure === undefined ? "waiting" : "unsupported";
}
