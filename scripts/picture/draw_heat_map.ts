import type { Look } from "./dashboard_json.ts";
import { formatValue } from "./format_value.ts";
import type { Series } from "./prometheus.ts";

/** Pixels for the bounds of buckets. */
const LEFT = 56;

/** The buckets of a histogram over time, given as series by `le`; the fuller a bucket, the stronger. */
export function drawHeatMap(
  series: readonly Series[],
  look: Look,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const buckets = series.map(({ labels: { le = "" }, points }) => ({
    bound: Number(le.replace("Inf", "Infinity")),
    within: new Map(points),
  })).toSorted((a, b) => a.bound - b.bound);
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort();
  const rows = buckets.map(({ bound, within }, index) => ({
    bound,
    counts: times.map((time) =>
      Math.max(0, (within.get(time) ?? 0) - (buckets[index - 1]?.within.get(time) ?? 0))
    ),
  }));
  const most = Math.max(1e-9, ...rows.flatMap(({ counts }) => counts));
  const [cell, line] = [(width - LEFT) / times.length, height / rows.length];
  const drawn = rows.map(({ bound, counts }, index) => {
    const y = height - (index + 1) * line;
    const { text } = Number.isFinite(bound) ? formatValue(bound, look) : { text: "more" };
    const cells = counts.map((count, column) =>
      count === 0
        ? ""
        : `<rect x="${LEFT + column * cell}" y="${y}" width="${cell}" height="${
          line - 1
        }" fill="#ff9830" fill-opacity="${Math.sqrt(count / most).toFixed(2)}"/>`
    );
    return `<text x="${LEFT - 4}" y="${y + line / 2}" dy="3" text-anchor="end">${text}</text>${
      cells.join("")
    }`;
  });
  return `<svg width="${width}" height="${height}">${drawn.join("")}</svg>`;
}
