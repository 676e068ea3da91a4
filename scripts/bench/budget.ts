import { show } from "./statistics.ts";

/** A limit and what was measured against it. */
export interface Budget {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  /** What the numbers count, e.g. `MiB`; ratios are written with a cross. */
  readonly unit: string;
  /** Whether the limit is the least that is wanted rather than the most. */
  readonly atLeast?: boolean;
}

/** One row of a Markdown table: what, measured, budget, met or not. */
export function budgetRow({ what, measured, limit, unit, atLeast = false }: Budget): string[] {
  const met = atLeast ? measured >= limit : measured <= limit;
  const amount = (value: number) => unit === "x" ? `${show(value)}x` : `${show(value)} ${unit}`;
  return [
    what,
    amount(measured),
    `${atLeast ? "at least" : "at most"} ${amount(limit)}`,
    met ? "met" : "not met",
  ];
}
