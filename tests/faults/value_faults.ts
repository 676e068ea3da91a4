import { type Fault, put } from "../api/faults.ts";
import { BODY_CANARY, delivers, fails, type FaultRow, rawNumber } from "./fault_row.ts";

/** What a field may hold instead of its value; undefined is a field that is missing. */
const VALUES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["missing", undefined],
  ["null", null],
  ["a text", BODY_CANARY],
  ["negative", -1],
  ["2^53+1", rawNumber("9007199254740993")],
  ["1e400", rawNumber("1e400")],
  ["a fraction", 1.5],
]);

/** What comes of each value: the reply is bad, or good, perhaps without the families of the field. */
type Kind = Readonly<Record<string, "bad" | "good" | "absent">>;

// To a text, a flag, a list or an object every number is the same wrong type.
const BAD: Kind = { "missing": "bad", "null": "bad", "a text": "bad", "negative": "bad" };
// What is missing of a list's items is left out; another field that is missing is no GraphQL.
const ITEM: Kind = {
  "missing": "absent",
  "null": "absent",
  "a text": "absent",
  "negative": "absent",
};
const FIELD: Kind = { ...ITEM, "missing": "bad" };
const COUNT: Kind = {
  ...FIELD,
  "2^53+1": "absent",
  "1e400": "absent",
  "a fraction": "absent",
};
const AMOUNT: Kind = {
  ...ITEM,
  "2^53+1": "good",
  "1e400": "absent",
  "a fraction": "good",
};
const IGNORED: Kind = { "missing": "good", "null": "good", "a text": "good", "negative": "good" };
const TEXT: Kind = { ...BAD, "a text": "good" };
const NAME: Kind = { ...TEXT, "null": "good" };
const FLAG: Kind = { ...BAD, "null": "absent" };
const GROUP: Kind = { ...BAD, "null": "absent" };

interface Field {
  readonly path: string;
  readonly kind: Kind;
  /** The families, or some of their series, that are left out when the value is null. */
  readonly families?: readonly string[];
}

const PUBLIC_WORKER_POOL: readonly Field[] = [
  {
    path: "data.publicWorkerPool",
    kind: GROUP,
    families: publicPool("parallelism", "workers_busy", "runs_pending", "runs_schedulable"),
  },
  {
    path: "data.publicWorkerPool.parallelism",
    kind: COUNT,
    families: publicPool("parallelism"),
  },
  {
    path: "data.publicWorkerPool.busyWorkers",
    kind: COUNT,
    families: publicPool("workers_busy"),
  },
  {
    path: "data.publicWorkerPool.pendingRuns",
    kind: COUNT,
    families: publicPool("runs_pending"),
  },
  {
    path: "data.publicWorkerPool.schedulableRunsCount",
    kind: { ...COUNT, "missing": "absent" },
    families: publicPool("runs_schedulable"),
  },
];

const WORKER_POOLS: readonly Field[] = [
  { path: "data.workerPools", kind: BAD },
  { path: "data.workerPools.0", kind: BAD },
  { path: "data.workerPools.0.id", kind: TEXT },
  { path: "data.workerPools.0.name", kind: NAME },
  { path: "data.workerPools.0.pendingRuns", kind: COUNT, families: firstPool("runs_pending") },
  { path: "data.workerPools.0.busyWorkers", kind: COUNT, families: firstPool("workers_busy") },
  {
    path: "data.workerPools.0.schedulableRunsCount",
    kind: { ...COUNT, "missing": "absent" },
    families: firstPool("runs_schedulable"),
  },
  {
    path: "data.workerPools.0.workers",
    kind: FIELD,
    families: firstPool("workers", "workers_drained", "workers_free"),
  },
  {
    path: "data.workerPools.0.workers.0",
    kind: ITEM,
    families: firstPool("workers", "workers_drained", "workers_free"),
  },
  {
    path: "data.workerPools.0.workers.0.drained",
    kind: { ...ITEM, "null": "good" },
    families: firstPool("workers", "workers_drained", "workers_free"),
  },
];

const USAGE: readonly Field[] = [
  { path: "data.usage", kind: BAD },
  ...Object.entries({
    billingPeriodStart: "start_timestamp_seconds",
    billingPeriodEnd: "end_timestamp_seconds",
    usedPrivateMinutes: "used_private_seconds",
    usedPublicMinutes: "used_public_seconds",
    usedSeats: "used_seats",
  }).map(([field, family]): Field => ({
    path: `data.usage.${field}`,
    kind: COUNT,
    families: [`spacelift_current_billing_period_${family}`],
  })),
];

const AGGREGATES: readonly Field[] = [
  {
    path: "data.metrics",
    kind: GROUP,
    families: [
      "spacelift_current_stacks_count_by_state",
      "spacelift_current_resources_count_by_drift",
      "spacelift_current_avg_stack_size_by_resource_count",
      "spacelift_current_average_run_duration",
      "spacelift_current_median_run_duration",
      "spacelift_run_duration_average_seconds",
      "spacelift_run_duration_median_seconds",
    ],
  },
  ...labelledPoints("stacksCountByState", "spacelift_current_stacks_count_by_state", "A_NEW_STATE"),
  ...labelledPoints(
    "resourcesCountByDrift",
    "spacelift_current_resources_count_by_drift",
    "DRIFTED",
  ),
  ...points("avgStackSizeByResourceCount", ["current_avg_stack_size_by_resource_count"]),
  ...points("averageRunDuration", ["current_average_run_duration", "run_duration_average_seconds"]),
  ...points("medianRunDuration", ["current_median_run_duration", "run_duration_median_seconds"]),
];

const BAD_REPLY =
  /^The API's reply is (not as expected: \S+ (should be |is missing)|not a GraphQL result)/;

const OLDEST_COUNT = "spacelift_stacks_drift_oldest_count_timestamp_seconds";
const NODE = "data.searchStacks.edges.0.node";

const STACKS: readonly Field[] = [
  { path: "data.searchStacks", kind: BAD },
  { path: "data.searchStacks.edges", kind: BAD },
  { path: "data.searchStacks.edges.0", kind: BAD },
  { path: "data.searchStacks.pageInfo", kind: BAD },
  { path: "data.searchStacks.pageInfo.hasNextPage", kind: BAD },
  { path: NODE, kind: BAD },
  // Nobody can count the drift of a stack that is not there.
  { path: `${NODE}.id`, kind: { ...TEXT, "a text": "absent" }, families: [OLDEST_COUNT] },
  { path: `${NODE}.state`, kind: TEXT },
  { path: `${NODE}.name`, kind: NAME },
  { path: `${NODE}.space`, kind: NAME },
  { path: `${NODE}.spaceDetails`, kind: { ...BAD, "null": "good" } },
  { path: `${NODE}.spaceDetails.name`, kind: NAME },
  ofStack("stateSetAt", COUNT, ["stack_state_timestamp_seconds"]),
  ofStack("lastApplyAt", COUNT, ["stack_last_apply_timestamp_seconds"]),
  ofStack("lockedAt", { ...COUNT, "null": "good" }, ["stack_locked"]),
  ofStack("blocked", FLAG, ["stack_blocked"]),
  ofStack("isDisabled", FLAG, ["stack_disabled"]),
  ofStack("needsApproval", FLAG, ["stack_needs_approval"]),
  ofStack("isDrifted", FLAG, ["stack_drifted", "current_resources_count_by_drift"], [OLDEST_COUNT]),
  ofStack("entityCount", { ...COUNT, "negative": "good" }, [
    "stack_resources",
    "current_resources_count_by_drift",
  ]),
];

/** Replies with one value that cannot be right, field by field. */
export const VALUE_FAULTS: readonly FaultRow[] = [
  ...rowsOf("publicworkerpool", "PublicWorkerPool", PUBLIC_WORKER_POOL),
  ...rowsOf("workerpools", "WorkerPools", WORKER_POOLS),
  ...rowsOf("usage", "Usage", USAGE),
  ...rowsOf("aggregates", "Aggregates", AGGREGATES),
  ...rowsOf("stacks", "Stacks", STACKS).map((row) => ({
    ...row,
    stage: { stacks: true, flags: ["--stacks-details"] },
  })),
];

function rowsOf(
  collector: string,
  operation: string,
  fields: readonly Field[],
): FaultRow[] {
  return fields.flatMap((field) =>
    Object.entries(field.kind).map(([value, effect]) => ({
      name: `${field.path} is ${value}`,
      operation: `PrometheusExporter_${operation}`,
      fault: (): Fault => ({ edit: put(field.path, VALUES.get(value)) }),
      outcome: effect === "bad"
        ? fails("bad_response", BAD_REPLY, collector)
        : delivers(effect === "absent" ? field.families : []),
    }))
  );
}

function labelledPoints(list: string, family: string, first: string): Field[] {
  const families = [`${family}{space="",stack="",state="${first}"`];
  return [
    { path: `data.metrics.${list}`, kind: FIELD, families: [family] },
    { path: `data.metrics.${list}.0`, kind: ITEM, families },
    { path: `data.metrics.${list}.0.value`, kind: AMOUNT, families },
    { path: `data.metrics.${list}.0.labels`, kind: ITEM, families },
    {
      path: `data.metrics.${list}.0.labels.0`,
      kind: { ...ITEM, "a text": "good" },
      families,
    },
  ];
}

function points(list: string, names: readonly string[]): Field[] {
  const families = names.map((name) => `spacelift_${name}`);
  return [
    { path: `data.metrics.${list}`, kind: FIELD, families },
    { path: `data.metrics.${list}.0`, kind: ITEM, families },
    { path: `data.metrics.${list}.0.value`, kind: AMOUNT, families },
    { path: `data.metrics.${list}.0.labels`, kind: IGNORED },
  ];
}

function publicPool(...names: string[]): string[] {
  return names.map((name) => `spacelift_public_worker_pool_${name}`);
}

function firstPool(...names: string[]): string[] {
  return names.map((name) => `spacelift_worker_pool_${name}{worker_pool_id="01HPOOLA"`);
}

/** What is not sent of a stack is something that an older server does not have. */
function ofStack(
  name: string,
  kind: Kind,
  ofStack: readonly string[],
  ofAll: readonly string[] = [],
): Field {
  return {
    path: `${NODE}.${name}`,
    kind: { ...kind, "missing": "absent" },
    families: [...ofStack.map((family) => `spacelift_${family}{space="root",stack="a"`), ...ofAll],
  };
}
