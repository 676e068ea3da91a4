import { markdownTable } from "../docs.ts";

/** What one round measured, and its budget. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  /** What the numbers count, e.g. `MiB`; empty where the words before them say it. */
  readonly unit: string;
  /** The same of something else in the same round: then the ratio is what the limit is for. */
  readonly against?: number;
  /** Undefined for what has no budget. */
  readonly limit?: number;
  /** Whether the limit is the least that is wanted rather than the most. */
  readonly atLeast?: boolean;
}

/** How much more one series of many may cost than one of a tenth as many. */
export const GROWTH = 1.3;

/** One table of all rounds, with their medians; a ratio is that of a round, never of two. */
export function reportTable(rounds: readonly (readonly Figure[])[]): string {
  const byName = Map.groupBy(rounds.flat(), ({ what }) => what);
  return markdownTable(
    ["What", "Budget", "Measured", "Against", "Ratio", ""],
    [...byName.values()].flatMap((figures) => reportRow(figures)),
  );
}

function reportRow(figures: readonly Figure[]): string[][] {
  const [figure] = figures;
  if (figure === undefined) return [];
  const { what, unit, limit, atLeast = false } = figure;
  const measured = median(figures.map(({ measured }) => measured));
  const amount = (value: number) => `${show(value)} ${unit}`.trimEnd();
  const times = (value: number) => `${show(value)}x`;
  const others = figures.flatMap(({ against }) => against === undefined ? [] : [against]);
  const isRatio = others.length > 0;
  const ratio = median(figures.map(({ measured, against = NaN }) => measured / against));
  const judged = isRatio ? ratio : measured;
  return [[
    what,
    limit === undefined
      ? ""
      : `${atLeast ? "at least" : "at most"} ${isRatio ? times(limit) : amount(limit)}`,
    amount(measured),
    isRatio ? amount(median(others)) : "",
    isRatio ? times(ratio) : "",
    limit === undefined ? "" : (atLeast ? judged >= limit : judged <= limit) ? "met" : "not met",
  ]];
}

/** The value that a share of the values, such as 0.99, does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? NaN;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** A number with three significant digits, or all of those before the point. */
export function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
