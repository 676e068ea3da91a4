import * as v from "valibot";
import { type Operation, SMALL_REPLY_BYTES } from "../../spacelift/endpoint.ts";
import { amount } from "../collector.ts";

const replySchema = v.object({
  metrics: v.nullable(v.object({
    resourcesCountByDrift: v.array(v.object({ value: amount, labels: v.array(v.string()) })),
  })),
});

/** The account's own figures of resources, as many as the key may read. */
export interface DriftTotals {
  readonly drifted: number;
  /** All others, whatever the API calls them. */
  readonly ok: number;
}

/**
 * Asks the account itself: what the collector `aggregates` last heard is of another moment, and may
 * be switched off.
 */
export const DRIFT_TOTALS: Operation<v.InferOutput<typeof replySchema>> = {
  name: "PrometheusExporter_DriftTotals",
  document: "query PrometheusExporter_DriftTotals{metrics{resourcesCountByDrift{value,labels}}}",
  data: replySchema,
  maxReplyBytes: SMALL_REPLY_BYTES,
};

/** The totals in a reply; undefined where the API has none. */
export function totalsOf(
  { metrics }: v.InferOutput<typeof replySchema>,
): DriftTotals | undefined {
  const points = metrics?.resourcesCountByDrift ?? [];
  if (points.length === 0) return undefined;
  const totals = { drifted: 0, ok: 0 };
  for (const { value, labels: [state] } of points) {
    // A sum with a part left out of it would be no total.
    if (value === null) return undefined;
    if (state !== undefined) totals[state === "DRIFTED" ? "drifted" : "ok"] += value;
  }
  return totals;
}
