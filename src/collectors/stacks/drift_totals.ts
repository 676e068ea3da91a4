import * as v from "valibot";
import { type Operation, SMALL_REPLY_BYTES } from "../../spacelift/endpoint.ts";
import { amount } from "../collector.ts";

const replySchema = v.object({
  metrics: v.nullable(v.object({
    resourcesCountByDrift: v.array(v.object({ value: amount, labels: v.array(v.string()) })),
  })),
});

/** The account's own totals of the resources that the key may read. */
export interface DriftTotals {
  readonly drifted: number;
  /** All other resources, whatever the API calls their state. */
  readonly ok: number;
}

/**
 * Queries the account again: the totals of the collector `aggregates` are from another moment, and
 * it may be off.
 */
export const DRIFT_TOTALS: Operation<v.InferOutput<typeof replySchema>> = {
  name: "PrometheusExporter_DriftTotals",
  document: "query PrometheusExporter_DriftTotals{metrics{resourcesCountByDrift{value,labels}}}",
  data: replySchema,
  maxReplyBytes: SMALL_REPLY_BYTES,
};

/** The totals in a reply; undefined when the API has none. */
export function totalsOf(
  { metrics }: v.InferOutput<typeof replySchema>,
): DriftTotals | undefined {
  const points = metrics?.resourcesCountByDrift ?? [];
  if (points.length === 0) return undefined;
  const totals = { drifted: 0, ok: 0 };
  for (const { value, labels: [state] } of points) {
    // A sum without one of its parts is not a total.
    if (value === null) return undefined;
    if (state !== undefined) totals[state === "DRIFTED" ? "drifted" : "ok"] += value;
  }
  return totals;
}
