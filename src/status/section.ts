import type { Report } from "../scrape/collector_record.ts";
import { type Html, html } from "./html.ts";
import { conditionOf } from "./condition.ts";
import { formatSpan } from "./format.ts";

/** A part of the page with the data of certain collectors, and with how old that is. */
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
  const { id, title, now } = options;
  const reports = options.reports.filter(({ collector }) => options.collectors.includes(collector));
  const known = reports.some(({ data }) => data !== undefined);
  return html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      ${reports.length === 0
        ? html`<p>Not collected: switched off.</p>`
        : html`<p class="soft">${reports.map((report) => origin(report, now))}</p>`}
      ${known ? options.content() : html`<p>No data.</p>`}
    </section>
  `;
}

function origin(report: Report, now: number): Html {
  const { collector, data, lastSuccess } = report;
  const condition = conditionOf(report);
  if (data === undefined || lastSuccess === undefined) {
    return html`
      ${collector}: ${condition}.
    `;
  }
  const age = `${condition}, ${formatSpan(now - lastSuccess)} old`;
  return html`
    ${collector}: ${condition === "stale" ? html`<strong>${age}</strong>` : age}.
  `;
}
