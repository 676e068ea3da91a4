import type { FoundSeries, Prometheus } from "../../support/start_prometheus.ts";
import { asPromql } from "./page_promql.ts";
import type { Outcome } from "./query_forms.ts";

/** What a query gives, in one form for all servers; undefined where it is an error. */
export type Result = readonly string[] | undefined;

/** Asks a server; with `withNames` the name of the metric counts. */
export async function resultOf(
  prometheus: Prometheus,
  query: string,
  options: { time: number; withNames: boolean },
): Promise<Result> {
  let found: readonly FoundSeries[];
  try {
    found = await prometheus.query(asPromql(query), options.time);
  } catch (error) {
    // Anything else is a mistake of the test.
    if (error instanceof Error && /matching|duplicate/.test(error.message)) return undefined;
    throw error;
  }
  return found.map(({ labels: { __name__ = "", ...labels }, value }) => {
    const name = options.withNames ? __name__ : "";
    // Sums of other numbers of series differ in their last digits.
    return `${name}${JSON.stringify(Object.entries(labels).sort())} ${
      Number(value.toPrecision(9))
    }`;
  }).sort();
}

/** How a result differs from what Spacelift's exporter gives. */
export function outcomeOf(result: Result, original: Result): Outcome {
  if (JSON.stringify(result) === JSON.stringify(original)) return "the same";
  if (result === undefined) return "an error";
  return result.length === 0 ? "nothing" : "something else";
}
