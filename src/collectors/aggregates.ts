import * as v from "valibot";
import {
  cutLabelValue,
  type Family,
  family,
  type FamilySamples,
  perItem,
  single,
} from "../metrics/family.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Collector } from "./collector.ts";
import { amount } from "./reply.ts";
import { RESOURCES_BY_DRIFT, STACKS_BY_STATE } from "./stacks/families.ts";

const AVERAGE_STACK_SIZE = family({
  name: "spacelift_current_avg_stack_size_by_resource_count",
  help: "The average stack size by resource count",
  type: "gauge",
  labels: [],
});
const AVERAGE_RUN_DURATION = family({
  name: "spacelift_current_average_run_duration",
  help: "The average run duration",
  type: "gauge",
  labels: [],
});
const MEDIAN_RUN_DURATION = family({
  name: "spacelift_current_median_run_duration",
  help: "The median run duration",
  type: "gauge",
  labels: [],
});
const AVERAGE_RUN_DURATION_SECONDS = family({
  name: "spacelift_run_duration_average_seconds",
  help: "The average duration in seconds of the runs of the last 30 days",
  type: "gauge",
  labels: [],
});
const MEDIAN_RUN_DURATION_SECONDS = family({
  name: "spacelift_run_duration_median_seconds",
  help: "The median duration in seconds of the runs of the last 30 days",
  type: "gauge",
  labels: [],
});

const points = v.array(v.object({ value: amount, labels: v.array(v.string()) }));
type Points = v.InferOutput<typeof points>;

const OPERATION = {
  name: "PrometheusExporter_Aggregates",
  document:
    "query PrometheusExporter_Aggregates{metrics{stacksCountByState{value,labels},resourcesCountByDrift{value,labels},avgStackSizeByResourceCount{value,labels},averageRunDuration{value,labels},medianRunDuration{value,labels}}}",
  data: v.object({
    metrics: v.nullable(v.object({
      stacksCountByState: points,
      resourcesCountByDrift: points,
      avgStackSizeByResourceCount: points,
      averageRunDuration: points,
      medianRunDuration: points,
    })),
  }),
} satisfies Operation<unknown>;

/** Figures over the whole account, as far as the key may read it; an empty list means no data yet. */
export const aggregates: Collector = {
  name: "aggregates",
  families: [
    STACKS_BY_STATE,
    RESOURCES_BY_DRIFT,
    AVERAGE_STACK_SIZE,
    AVERAGE_RUN_DURATION,
    MEDIAN_RUN_DURATION,
    AVERAGE_RUN_DURATION_SECONDS,
    MEDIAN_RUN_DURATION_SECONDS,
  ],
  async collect(client, signal) {
    const { metrics } = await client.query(OPERATION, { signal });
    if (metrics === null) return [];
    // The API gives run durations in nanoseconds, over a fixed window of 30 days.
    const average = firstValue(metrics.averageRunDuration);
    const median = firstValue(metrics.medianRunDuration);
    return [
      byState(STACKS_BY_STATE, metrics.stacksCountByState),
      byState(RESOURCES_BY_DRIFT, metrics.resourcesCountByDrift),
      single(AVERAGE_STACK_SIZE, firstValue(metrics.avgStackSizeByResourceCount)),
      single(AVERAGE_RUN_DURATION, average),
      single(MEDIAN_RUN_DURATION, median),
      single(AVERAGE_RUN_DURATION_SECONDS, average === null ? null : average / 1e9),
      single(MEDIAN_RUN_DURATION_SECONDS, median === null ? null : median / 1e9),
    ];
  },
};

function firstValue(points: Points): number | null {
  return points[0]?.value ?? null;
}

/** The API's own word for each state, with no stack or space; a point without a label is no state. */
function byState(
  family: Family<readonly ["space", "stack", "state"]>,
  points: Points,
): FamilySamples {
  const values = new Map<string, number>();
  for (const { value, labels: [label] } of points) {
    if (label === undefined) continue;
    const state = cutLabelValue(label);
    if (values.has(state)) {
      throw new ApiError("bad_response", `The API's reply has two values for ${family.name}`);
    }
    values.set(state, value);
  }
  return perItem(family, values, {
    value: ([, value]) => value,
    labels: ([state]) => ["", "", state],
  });
}
