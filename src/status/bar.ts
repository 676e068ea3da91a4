import { type Html, html } from "./html.ts";

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
