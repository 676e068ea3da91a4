import { usage } from "../collectors/usage.ts";
import type { Report } from "../scrape/collector_record.ts";
import { section } from "./condition.ts";
import { findValue } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { counted, formatCount, formatDate } from "./parts.ts";

const DAY = 86_400;

/** How far the billing period has gone and what was used in it. */
export function billingSection(reports: readonly Report[], now: number): Html {
  return section({
    id: "billing",
    title: "Billing period",
    reports,
    collectors: [usage.name],
    now,
    content: () => html`<p>${period(reports, now)}.</p>`,
  });
}

function period(reports: readonly Report[], now: number): Html {
  const start = findValue(reports, usage.metrics.periodStart) ?? 0;
  const end = findValue(reports, usage.metrics.periodEnd) ?? 0;
  const used: readonly (readonly [number | undefined, string])[] = [
    [inMinutes(findValue(reports, usage.metrics.usedPublic)), "public minute"],
    [inMinutes(findValue(reports, usage.metrics.usedPrivate)), "private minute"],
    [findValue(reports, usage.metrics.usedSeats), "seat"],
  ];
  // Self-hosted installations have no period and bill nothing, but count seats.
  if (end <= start) {
    const counts = used.filter(([value = 0]) => value > 0);
    return html`There is none${counts.map(say)}`;
  }
  const gone = Math.min(Math.max(0, now - start), end - start);
  const days = counted(Math.round((end - start) / DAY), "day");
  return html`<b>${formatCount(Math.floor(gone / DAY))} of ${days}</b>
    (${formatDate(start)} to ${formatDate(end)})${used.map(say)}`;
}

function inMinutes(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds / 60);
}

function say([value, thing]: readonly [number | undefined, string]): string {
  return `, ${value === undefined ? `${thing}s unknown` : counted(value, thing)}`;
}
