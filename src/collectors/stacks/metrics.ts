import {
  type Family,
  family,
  type LabelValues,
  type Sample,
  sample,
} from "../../metrics/family.ts";
import { gauge, type Metric, perItem } from "../../metrics/metric.ts";
import { type Stack, stackKey } from "./query.ts";

/** What a walk over the stacks has found. */
export interface StacksWalk {
  readonly stacks: readonly Stack[];
  /** Whether the server has the fields on drift, and the details where they are wanted. */
  readonly complete: boolean;
  /** Whether the drifted resources of every stack are known that should be. */
  readonly counted: boolean;
  readonly details: boolean;
  /** How many stacks, at least, the limit of stacks left out. */
  readonly omitted: number;
  /** The number of drifted resources of a stack; undefined when it is not known. */
  readonly driftedResources: (stack: Stack) => number | undefined;
}

/** One for each stack in its present state; for the whole account without stack and space. */
export const STACKS_BY_STATE = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

/** Resources with the state DRIFTED or OK; for the whole account without stack and space. */
export const RESOURCES_BY_DRIFT = family({
  name: "spacelift_current_resources_count_by_drift",
  help: "The number of resources by drift",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

const STACK_INFO = family({
  name: "spacelift_stack_info",
  help: "The names of a stack and its space; always 1",
  type: "gauge",
  labels: ["space", "space_name", "stack", "stack_name"],
});

/** What a walk delivers; a field that the server was not asked for leaves its metric out. */
export const STACK_METRICS: readonly Metric<StacksWalk>[] = [
  eachStack(STACKS_BY_STATE, () => 1, (stack) => [...labelsOf(stack), stack.state]),
  eachStack(STACK_INFO, () => 1, (stack) => {
    const [space, id] = labelsOf(stack);
    return [space, stack.spaceDetails?.name ?? "", id, stack.name ?? ""];
  }),
  gauge(
    "spacelift_stacks_omitted",
    "The number of stacks, at least, that the limit of stacks leaves out",
    ({ omitted }) => omitted,
  ),
  { family: RESOURCES_BY_DRIFT, read: driftSamples },
  perStack(
    "spacelift_stack_drifted",
    "Whether a stack has drifted resources (1) or not (0)",
    ({ isDrifted }) => toNumber(isDrifted),
  ),
  perStack(
    "spacelift_stack_state_timestamp_seconds",
    "The time at which a stack came into its present state",
    ({ stateSetAt }) => stateSetAt ?? null,
  ),
  perStack(
    "spacelift_stack_locked",
    "Whether a stack is locked (1) or not (0)",
    ({ lockedAt }) => typeof lockedAt === "number" ? Number(lockedAt !== 0) : null,
  ),
  perStack(
    "spacelift_stack_blocked",
    "Whether a run blocks a stack (1) or not (0)",
    ({ blocked }) => toNumber(blocked),
  ),
  perStack(
    "spacelift_stack_disabled",
    "Whether a stack is disabled (1) or not (0)",
    ({ isDisabled }) => toNumber(isDisabled),
  ),
  perStack(
    "spacelift_stack_needs_approval",
    "Whether a stack waits for an approval (1) or not (0)",
    ({ needsApproval }) => toNumber(needsApproval),
  ),
  perStack(
    "spacelift_stack_last_apply_timestamp_seconds",
    "The time at which a stack was last applied",
    ({ lastApplyAt }) => lastApplyAt ?? null,
  ),
  perStack(
    "spacelift_stack_resources",
    "The number of resources that a stack manages",
    // Asked of every stack, for the sake of its drift.
    (stack, { details }) => details ? resources(stack) : null,
  ),
];

/** Whether the API's count of a stack's resources cannot be right. */
export function miscounted(stack: Stack, { driftedResources }: StacksWalk): boolean {
  const count = stack.entityCount ?? 0;
  return count < 0 || (stack.isDrifted === true && count < (driftedResources(stack) ?? 0));
}

function perStack(
  name: string,
  help: string,
  value: (stack: Stack, walk: StacksWalk) => number | null,
): Metric<StacksWalk> {
  const declared = family({ name, help, type: "gauge", labels: ["space", "stack"] });
  return eachStack(declared, value, labelsOf);
}

function eachStack<const L extends readonly string[]>(
  family: Family<L>,
  value: (stack: Stack, walk: StacksWalk) => number | null,
  labels: (stack: Stack) => LabelValues<L>,
): Metric<StacksWalk> {
  return perItem(family, { items: ({ stacks }: StacksWalk) => stacks, value, labels });
}

function driftSamples(walk: StacksWalk): Sample[] | undefined {
  const { stacks, complete, counted, driftedResources } = walk;
  // With the drifted stacks missing from it, the sum over the account would be a lie.
  if (!complete || !counted) return undefined;
  return stacks.flatMap((stack) => {
    const all = resources(stack);
    const drifted = stack.isDrifted === false ? 0 : driftedResources(stack);
    if (all === null || typeof stack.isDrifted !== "boolean" || drifted === undefined) return [];
    const labels = labelsOf(stack);
    return [
      sample(RESOURCES_BY_DRIFT, drifted, ...labels, "DRIFTED"),
      sample(RESOURCES_BY_DRIFT, Math.max(all - drifted, 0), ...labels, "OK"),
    ];
  });
}

function labelsOf(stack: Stack): readonly [string, string] {
  return [stack.space ?? "", stackKey(stack)];
}

function resources({ entityCount }: Stack): number | null {
  return typeof entityCount === "number" ? Math.max(entityCount, 0) : null;
}

function toNumber(flag: boolean | null | undefined): number | null {
  return typeof flag === "boolean" ? Number(flag) : null;
}
