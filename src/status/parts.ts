import type { Report } from "../scrape/collector_record.ts";
import { conditionOf } from "./figures.ts";
import { type Html, html, type HtmlValue } from "./html.ts";

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

/** A column: its heading, whether it holds numbers, and which part of a bar it tells. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
  readonly part?: string;
}

/** A table with a heading for each column and row; it scrolls by itself on narrow screens. */
export function table(options: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly HtmlValue[])[];
  /** How many rows there would be if all were shown. */
  readonly total?: number;
}): Html {
  const { caption, columns, rows } = options;
  const more = (options.total ?? rows.length) - rows.length;
  return html`
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${columns.map(headingCell)}</tr>
        </thead>
        <tbody>${rows.map((cells) =>
          html`<tr>${
            columns.map((column, index) => cell(column, index, cells[index] ?? ""))
          }</tr>\n`
        )}</tbody>
      </table>
    </div>
    ${more === 0 ? "" : html`<p>And ${formatCount(more)} more.</p>`}
  `;
}

function headingCell({ heading, numeric, part }: Column): Html {
  return html`<th scope="col" class="${numeric ? "number" : "text"} ${part ?? ""}">${heading}</th>`;
}

function cell({ numeric }: Column, index: number, value: HtmlValue): Html {
  if (index === 0) return html`<th scope="row">${value}</th>`;
  return html`<td class="${numeric ? "number" : "text"}">${value}</td>`;
}

/** A part of a bar; the name is the class that gives its colour. */
export interface BarPart {
  readonly name: "busy" | "free" | "drained" | "pending" | "share";
  readonly value: number;
}

/** A bar of parts, drawn as SVG because the page's policy allows no style on elements. */
export function bar(parts: readonly BarPart[], whole: number): Html {
  const scale = whole > 0 ? 100 / whole : 0;
  let x = 0;
  const pieces = parts.map(({ name, value }) => {
    const width = Math.min(value * scale, 100 - x);
    const piece = html`
      <rect class="${name}" x="${round(x)}" width="${round(width)}" height="10" />
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
