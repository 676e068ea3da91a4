import { usage } from "../collectors/usage.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findValue } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { bar, formatCount, formatDate, formatSpan, section } from "./parts.ts";

/** How far the billing period has gone and what was used in it. */
export function billingSection(reports: readonly Report[], now: number): Html {
  return section({
    id: "billing",
    title: "Billing period",
    reports,
    collectors: [usage.name],
    now,
    content: () =>
      html`
        ${period(reports, now)}
        <dl>
          ${fact("Public workers", minutes(findValue(reports, usage.metrics.usedPublic)))}
          ${fact("Private workers", minutes(findValue(reports, usage.metrics.usedPrivate)))}
          ${fact("Seats", formatCount(findValue(reports, usage.metrics.usedSeats)))}
        </dl>
      `,
  });
}

function period(reports: readonly Report[], now: number): Html {
  const start = findValue(reports, usage.metrics.periodStart) ?? 0;
  const end = findValue(reports, usage.metrics.periodEnd) ?? 0;
  // Self-hosted installations have none.
  if (end <= start) return html`<p>There is no billing period.</p>`;
  const gone = Math.min(Math.max(0, now - start), end - start);
  const percent = Math.floor(100 * gone / (end - start));
  return html`
    <p>${formatDate(start)} to ${formatDate(end)}: ${percent} % over,
      ${formatSpan(end - now)} left.</p>
    ${bar([{ name: "share", value: gone }], end - start)}
  `;
}

function fact(name: string, value: string): Html {
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>
  `;
}

function minutes(seconds: number | undefined): string {
  return seconds === undefined ? "unknown" : `${formatCount(Math.round(seconds / 60))} min`;
}
