import type { Panel, Row } from "./panel.ts";

const COLUMNS = 24;

/** Places rows of panels below each other, the panels of a row from left to right. */
export function layOut(rows: readonly Row[]): unknown[] {
  const placed: Record<string, unknown>[] = [];
  const place = (json: Panel["json"], gridPos: Record<"h" | "w" | "x" | "y", number>) =>
    placed.push({ id: placed.length + 1, ...json, gridPos });
  let y = 0;
  for (const { title, panels } of rows) {
    const heading = { type: "row", title, collapsed: false, panels: [] };
    place(heading, { h: 1, w: COLUMNS, x: 0, y });
    y++;
    let x = 0;
    let tallest = 0;
    for (const { size: { width, height }, json } of panels) {
      if (x + width > COLUMNS) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      place(json, { h: height, w: width, x, y });
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return placed;
}
