import { type Html, html } from "./html.ts";

const UNITS = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]] as const;

/** A time span in its two largest units, e.g. `3 h 20 min`; `seconds` below 0 count as 0. */
export function formatSpan(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** A moment in Unix seconds, told by its distance from now and readable by machines. */
export function formatAgo(timestamp: number, now: number): Html {
  return time(timestamp, `${formatSpan(now - timestamp)} ago`);
}

/** A date in Unix seconds, in UTC. */
export function formatDate(timestamp: number): Html {
  return time(timestamp, toIso(timestamp)?.slice(0, 10) ?? "unknown");
}

/** A number with separators between thousands. */
export function formatCount(value: number | undefined): string {
  return value === undefined ? "unknown" : value.toLocaleString("en-US");
}

/** Text of at most so many characters: names have no limit, pages should. */
export function shorten(text: string, length = 100): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}\u2026`;
}

function time(timestamp: number, text: string): Html {
  const iso = toIso(timestamp);
  return iso === undefined ? html`${text}` : html`<time datetime="${iso}">${text}</time>`;
}

/** Undefined for a moment beyond what dates can tell. */
function toIso(timestamp: number): string | undefined {
  const date = new Date(timestamp * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
