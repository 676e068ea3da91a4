import { type Html, html, type HtmlValue } from "./html.ts";

/** What a mark means: all is well, someone is to look, something is broken, nothing to judge. */
export type Tone = "good" | "warn" | "bad" | "calm";

/** The shapes of the marks, which differ as much as their colours do; once on each page. */
export const MARKS = html`
  <svg class="marks" width="0" height="0" aria-hidden="true">
    <symbol id="good" viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="8" />
      <path d="M4 8.5l2.7 2.7L12 5.6" />
    </symbol>
    <symbol id="warn" viewBox="0 0 16 16">
      <path class="body" d="M8 .5L16 15H0z" />
      <path d="M8 5.5v5M8 12v1.6" />
    </symbol>
    <symbol id="bad" viewBox="0 0 16 16">
      <path class="body" d="M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z" />
      <path d="M5 5l6 6M11 5l-6 6" />
    </symbol>
    <symbol id="calm" viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="8" />
      <path d="M4 8h8" />
    </symbol>
  </svg>
`;

/** A mark; the words next to it say the same. */
export function mark(tone: Tone): Html {
  return html`
    <svg class="mark ${tone}" aria-hidden="true">
      <use href="#${tone}" />
    </svg>
  `;
}

/** A line with a mark before it. */
export function note(tone: Tone, text: HtmlValue): Html {
  return html`<p class="note ${tone}">${mark(tone)} <span>${text}</span></p>`;
}

/** An entry of a list: what it is, the fact that counts, and more about it. */
export function entry(name: HtmlValue, fact: HtmlValue, about: HtmlValue): Html {
  return html`<li><span class="name">${name}</span>
    <span class="fact">${fact}</span>
    <span class="soft">${about}</span></li>\n`;
}

/** A part of a bar; the name is the class that gives its colour and height. */
export interface BarPart {
  readonly name: string;
  readonly value: number;
}

/** A bar of parts, drawn as SVG because the page's policy allows no style on elements. */
export function bar(parts: readonly BarPart[], whole: number): Html {
  const scale = whole > 0 ? 100 / whole : 0;
  let x = 0;
  const pieces = parts.map(({ name, value }) => {
    const width = Math.min(value * scale, 100 - x);
    const piece = html`
      <rect class="${name}" x="${round(x)}" width="${round(width)}" />
    `;
    x += width;
    return piece;
  });
  return html`
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none"
      aria-hidden="true">${pieces}</svg>
  `;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Between what belongs on one line. */
const TIE = "\u00a0";

const UNITS = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]] as const;

/** A time span as people say it, e.g. `3 h 20 min` or `12 min`, unbreakable; below 0 counts as 0. */
export function formatSpan(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${formatCount(amount)}${TIE}${unit}`);
    if (parts.length === 2 || amount >= 10) break;
  }
  return parts.length === 0 ? `0${TIE}s` : parts.join(TIE);
}

/** A time in Unix seconds, shown relative to now and machine-readable. */
export function formatAgo(timestamp: number, now: number): Html {
  const age = now - timestamp;
  // Seconds matter in the first minute only.
  return time(timestamp, `${formatSpan(age < 60 ? age : age - age % 60)} ago`);
}

/** A date in Unix seconds, in UTC. */
export function formatDate(timestamp: number): Html {
  return time(timestamp, toIso(timestamp)?.slice(0, 10) ?? "unknown");
}

/** A moment in Unix seconds, in UTC. */
export function formatTime(timestamp: number): Html {
  const iso = toIso(timestamp);
  return time(
    timestamp,
    iso === undefined ? "unknown" : `${iso.slice(0, 19).replace("T", " ")} UTC`,
  );
}

/** A number with separators between thousands. */
export function formatCount(value: number | undefined): string {
  // A formatter of its own would load 5 MiB of locales at the start.
  return value?.toLocaleString("en-US") ?? "unknown";
}

/** A number of things in words, e.g. `1 stack` or `1,000 stacks`. */
export function counted(value: number, thing: string): string {
  return `${formatCount(value)}${TIE}${thing}${value === 1 ? "" : "s"}`;
}

/** Words in a row, e.g. `a, b and c`. */
export function inARow(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words.slice(-1).join("")}`;
}

/** A sentence's first letter as a capital. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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

/** Undefined for a time outside the range of dates. */
function toIso(timestamp: number): string | undefined {
  const date = new Date(timestamp * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
