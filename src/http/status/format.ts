import { type Html, html } from "../html.ts";

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
  return html`<time datetime="${formatTime(timestamp)}">${formatSpan(now - timestamp)} ago</time>`;
}

/** A date in Unix seconds, in UTC. */
export function formatDate(timestamp: number): Html {
  const text = formatTime(timestamp);
  return html`<time datetime="${text}">${text.slice(0, 10)}</time>`;
}

/** A number with separators between thousands. */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}

/** ISO 8601; a moment beyond what dates can tell is no reason to fail. */
function formatTime(timestamp: number): string {
  const date = new Date(timestamp * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
