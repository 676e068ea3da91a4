import * as v from "valibot";
import { cutLabelValue, type Family } from "../metrics/family.ts";
import { gauge, type Metric, perItem } from "../metrics/metric.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { SMALL_REPLY_BYTES } from "../spacelift/endpoint.ts";
import { figure } from "../spacelift/reply.ts";
import { amount, queryCollector } from "./collector.ts";
import { RESOURCES_BY_DRIFT, STACKS_BY_STATE } from "./stacks/metrics.ts";

/** Uses the point's first label and ignores the rest. */
const label = figure("a list that begins with a text", (input) => {
  const first: unknown = Array.isArray(input) ? input[0] : undefined;
  return typeof first === "string" ? first : undefined;
});
// A missing field is treated as null, which is invalid for a point.
const value = v.optional(amount, null);
const points = listOf(v.object({ value }));
const labelledPoints = listOf(v.object({ value, labels: v.optional(label, null) }));

interface LabelledPoint {
  readonly value: number;
  readonly labels: string;
}

const replySchema = v.object({
  metrics: v.nullable(v.object({
    stacksCountByState: labelledPoints,
    resourcesCountByDrift: labelledPoints,
    avgStackSizeByResourceCount: points,
    averageRunDuration: points,
    medianRunDuration: points,
  })),
});
type Reply = v.InferOutput<typeof replySchema>;

/** Totals of the whole account, as far as the key may read it; an empty list means no data yet. */
export const aggregates = queryCollector({
  name: "aggregates",
  subject: "the account's metrics of stacks, resources and runs",
  isOriginal: true,
  operation: {
    name: "PrometheusExporter_Aggregates",
    document:
      "query PrometheusExporter_Aggregates{metrics{stacksCountByState{value,labels},resourcesCountByDrift{value,labels},avgStackSizeByResourceCount{value,labels},averageRunDuration{value,labels},medianRunDuration{value,labels}}}",
    data: replySchema,
    maxReplyBytes: SMALL_REPLY_BYTES,
    verify({ metrics }) {
      refuseDuplicates(STACKS_BY_STATE, metrics?.stacksCountByState);
      refuseDuplicates(RESOURCES_BY_DRIFT, metrics?.resourcesCountByDrift);
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

/** One sample per state, named as the API names it, without stack and space. */
function totals(
  family: Family<readonly ["space", "stack", "state"]>,
  points: (reply: Reply) => LabelledPoints | undefined,
): Metric<Reply> {
  return perItem(family, {
    items: (reply: Reply) => known(points(reply)),
    value: ({ value }) => value,
    labels: ({ labels: state }) => ["", "", state],
  });
}

function refuseDuplicates({ name }: Family, points: LabelledPoints | undefined): void {
  const states = known(points).map(({ labels: state }) => cutLabelValue(state));
  if (new Set(states).size < states.length) {
    throw new ApiError("bad_response", `The API's reply has two values for ${name}`);
  }
}

function firstValue(list: v.InferOutput<typeof points> | undefined): number | null {
  return list?.[0]?.value ?? null;
}

type LabelledPoints = v.InferOutput<typeof labelledPoints>;

/** The points without invalid parts. */
function known(points: LabelledPoints | undefined): LabelledPoint[] {
  const isWhole = (point: NonNullable<LabelledPoints>[number]): point is LabelledPoint =>
    point !== null && point.value !== null && point.labels !== null;
  return points?.filter(isWhole) ?? [];
}

/** A list whose invalid points are null; an invalid list is null itself. */
function listOf<T>(
  point: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, (T | null)[] | null> {
  const isPoint = (input: unknown) =>
    typeof input === "object" && input !== null && !Array.isArray(input);
  const noPoint = figure<never>("a point", () => undefined);
  const noList = figure<never>("a list of points", () => undefined);
  const list = v.array(v.lazy((input) => isPoint(input) ? point : noPoint));
  return v.lazy((input) => Array.isArray(input) ? list : noList);
}

/** The API gives run durations in nanoseconds, over a fixed window of 30 days. */
function nanosecondsToSeconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : nanoseconds / 1e9;
}
