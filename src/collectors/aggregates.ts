import * as v from "valibot";
import { cutLabelValue, type Family } from "../metrics/family.ts";
import { gauge, type Metric, perItem } from "../metrics/metric.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { SMALL_REPLY_BYTES } from "../spacelift/endpoint.ts";
import { amount, queryCollector } from "./collector.ts";
import { RESOURCES_BY_DRIFT, STACKS_BY_STATE } from "./stacks/metrics.ts";

const pointsSchema = v.array(v.object({ value: amount, labels: v.array(v.string()) }));
type Points = v.InferOutput<typeof pointsSchema>;

const replySchema = v.object({
  metrics: v.nullable(v.object({
    stacksCountByState: pointsSchema,
    resourcesCountByDrift: pointsSchema,
    avgStackSizeByResourceCount: pointsSchema,
    averageRunDuration: pointsSchema,
    medianRunDuration: pointsSchema,
  })),
});
type Reply = v.InferOutput<typeof replySchema>;

/** Figures over the whole account, as far as the key may read it; an empty list means no data yet. */
export const aggregates = queryCollector({
  name: "aggregates",
  subject: "the account's metrics of stacks, resources and runs",
  operation: {
    name: "PrometheusExporter_Aggregates",
    document:
      "query PrometheusExporter_Aggregates{metrics{stacksCountByState{value,labels},resourcesCountByDrift{value,labels},avgStackSizeByResourceCount{value,labels},averageRunDuration{value,labels},medianRunDuration{value,labels}}}",
    data: replySchema,
    maxReplyBytes: SMALL_REPLY_BYTES,
    verify({ metrics }) {
      refuseTwice(STACKS_BY_STATE, metrics?.stacksCountByState);
      refuseTwice(RESOURCES_BY_DRIFT, metrics?.resourcesCountByDrift);
    },
  },
  metrics: {
    stacksByState: totals(STACKS_BY_STATE, ({ metrics }) => metrics?.stacksCountByState),
    resourcesByDrift: totals(RESOURCES_BY_DRIFT, ({ metrics }) => metrics?.resourcesCountByDrift),
    averageStackSize: gauge(
      "spacelift_current_avg_stack_size_by_resource_count",
      "The average stack size by resource count",
      ({ metrics }: Reply) => firstValue(metrics?.avgStackSizeByResourceCount),
    ),
    averageRunDuration: gauge(
      "spacelift_current_average_run_duration",
      "The average run duration",
      ({ metrics }: Reply) => firstValue(metrics?.averageRunDuration),
    ),
    medianRunDuration: gauge(
      "spacelift_current_median_run_duration",
      "The median run duration",
      ({ metrics }: Reply) => firstValue(metrics?.medianRunDuration),
    ),
    averageRunSeconds: gauge(
      "spacelift_run_duration_average_seconds",
      "The average duration in seconds of the runs of the last 30 days",
      ({ metrics }: Reply) => nanosecondsToSeconds(firstValue(metrics?.averageRunDuration)),
    ),
    medianRunSeconds: gauge(
      "spacelift_run_duration_median_seconds",
      "The median duration in seconds of the runs of the last 30 days",
      ({ metrics }: Reply) => nanosecondsToSeconds(firstValue(metrics?.medianRunDuration)),
    ),
  },
});

/** The API's own word for each state, with no stack or space; a point without a label is no state. */
function totals(
  family: Family<readonly ["space", "stack", "state"]>,
  points: (reply: Reply) => Points | undefined,
): Metric<Reply> {
  return perItem(family, {
    items: (reply: Reply) => points(reply)?.filter(({ labels }) => labels.length > 0) ?? [],
    value: ({ value }) => value,
    labels: ({ labels: [state = ""] }) => ["", "", state],
  });
}

function refuseTwice({ name }: Family, points: Points = []): void {
  const states = points.flatMap(({ labels: [state] }) =>
    state === undefined ? [] : [cutLabelValue(state)]
  );
  if (new Set(states).size < states.length) {
    throw new ApiError("bad_response", `The API's reply has two values for ${name}`);
  }
}

function firstValue(points: Points = []): number | null {
  return points[0]?.value ?? null;
}

/** The API gives run durations in nanoseconds, over a fixed window of 30 days. */
function nanosecondsToSeconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : nanoseconds / 1e9;
}
