import * as usage from "../../collectors/usage.ts";
import type { Report } from "../../scrape/collector_record.ts";
import { findValue } from "../../scrape/lookup.ts";
import { type Html, html, type HtmlValue } from "../html.ts";
import { bar } from "./bar.ts";
import { formatCount, formatDate, formatSpan } from "./format.ts";

/** How far the billing period has gone and what was used in it. */
export function billingSection(reports: readonly Report[], now: number): Html {
  const start = findValue(reports, usage.PERIOD_START) ?? 0;
  const end = findValue(reports, usage.PERIOD_END) ?? 0;
  const facts: [string, HtmlValue | undefined][] = [
    ["Public workers", minutes(findValue(reports, usage.USED_PUBLIC))],
    ["Private workers", minutes(findValue(reports, usage.USED_PRIVATE))],
    ["Seats", findValue(reports, usage.USED_SEATS)],
  ];
  const known = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  );
  return html`
    <section aria-labelledby="billing">
      <h2 id="billing">Billing period</h2>
      ${known.length === 0 && end <= start ? html`<p>No usage is known.</p>` : ""}
      ${end <= start ? "" : html`
        <p>${formatDate(start)} to ${formatDate(end)}, ${formatSpan(end - now)} left</p>
        ${bar([{ name: "share", value: Math.max(0, now - start) }], end - start)}
      `}
      <dl>${known.map(([name, value]) =>
        html`
          <div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>
        `
      )}</dl>
    </section>
  `;
}

function minutes(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${formatCount(Math.round(seconds / 60))} min`;
}
