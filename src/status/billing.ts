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
    content: () => {
      const used = [
        say(inMinutes(findValue(reports, usage.metrics.usedPublic)), "public minute"),
        say(inMinutes(findValue(reports, usage.metrics.usedPrivate)), "private minute"),
        say(findValue(reports, usage.metrics.usedSeats), "seat"),
      ];
      return html`<p>${period(reports, now)}, ${used.join(", ")}.</p>`;
    },
  });
}

function period(reports: readonly Report[], now: number): Html {
  const start = findValue(reports, usage.metrics.periodStart) ?? 0;
  const end = findValue(reports, usage.metrics.periodEnd) ?? 0;
  // Self-hosted installations have none.
  if (end <= start) return html`There is none`;
  const gone = Math.min(Math.max(0, now - start), end - start);
  const days = counted(Math.round((end - start) / DAY), "day");
  return html`<b>${formatCount(Math.floor(gone / DAY))} of ${days}</b>
    (${formatDate(start)} to ${formatDate(end)})`;
}

function inMinutes(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds / 60);
}

function say(value: number | undefined, thing: string): string {
  return value === undefined ? `${thing}s unknown` : counted(value, thing);
}
