import {
  type Family,
  family,
  type LabelValues,
  type Sample,
  sample,
} from "../../metrics/family.ts";
import { gauge, type Metric, perItem } from "../../metrics/metric.ts";
import type { DriftTotals } from "./drift_totals.ts";
import { type Stack, stackKey } from "./query.ts";

/** The result of a walk over the stacks. */
export interface StacksWalk {
  readonly stacks: readonly Stack[];
  /** Whether the server supports the drift fields and, if requested, the details. */
  readonly complete: boolean;
  readonly details: boolean;
  /** The minimum number of stacks that --stacks-limit left out. */
  readonly omitted: number;
  /** The number of drifted resources of a stack; undefined when unknown. */
  readonly driftedResources: (stack: Stack) => number | undefined;
  /**
   * The account's own totals; undefined when they are not needed, unavailable, or about other
   * stacks.
   */
  readonly driftTotals: DriftTotals | undefined;
  /**
   * When the oldest count of drifted resources was made, in Unix seconds; null if there is none.
   */
  readonly oldestCount: number | null;
}

/** The part of a walk that shows which stacks are counted. */
export type CountedStacks = Pick<StacksWalk, "stacks" | "omitted" | "driftedResources">;

/** A stack's resources by drift. */
interface Drift {
  readonly drifted: number;
  readonly ok: number;
}

/** One sample per stack, with its current state; totals of the account have no stack and space. */
export const STACKS_BY_STATE = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

/**
 * Resources with the state DRIFTED or OK; samples without stack and space cover the whole account,
 * or its stacks without a count of their own.
 */
export const RESOURCES_BY_DRIFT = family({
  name: "spacelift_current_resources_count_by_drift",
  help: "The number of resources by drift",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

/** Replace the two families above for individual stacks when those are totals. */
const STACK_STATE = family({
  name: "spacelift_stack_state",
  help: "The state of a stack; always 1",
  type: "gauge",
  labels: ["space", "stack", "state"],
});
const STACK_RESOURCES_BY_DRIFT = family({
  name: "spacelift_stack_resources_by_drift",
  help: "The number of resources of a stack by drift",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

const STACK_INFO = family({
  name: "spacelift_stack_info",
  help: "The names of a stack and its space; always 1",
  type: "gauge",
  labels: ["space", "space_name", "stack", "stack_name"],
});

const DRIFT_UNCOUNTED = family({
  name: "spacelift_stacks_drift_uncounted",
  help: "The minimum number of stacks that have no resources by drift of their own",
  type: "gauge",
  labels: [],
});

/** Under the two names that the totals also use. */
const UNDER_OLD_NAMES = ofState(STACKS_BY_STATE, RESOURCES_BY_DRIFT);
const UNDER_OWN_NAMES = ofState(STACK_STATE, STACK_RESOURCES_BY_DRIFT);

/** The two families that are totals when individual stacks are unavailable. */
export const OLD_FAMILIES: readonly Family[] = [STACKS_BY_STATE, RESOURCES_BY_DRIFT];

/** A metric whose field was not requested is left out. */
const IN_EITHER_CASE: readonly Metric<StacksWalk>[] = [
  eachStack(STACK_INFO, () => 1, (stack) => {
    const [space, id] = labelsOf(stack);
    return [space, stack.spaceDetails?.name ?? "", id, stack.name ?? ""];
  }),
  gauge(
    "spacelift_stacks_omitted",
    "The minimum number of stacks that --stacks-limit leaves out",
    ({ omitted }) => omitted,
  ),
  {
    family: DRIFT_UNCOUNTED,
    read: (walk) => walk.complete ? [sample(DRIFT_UNCOUNTED, uncounted(walk))] : undefined,
  },
  gauge(
    "spacelift_stacks_drift_oldest_count_timestamp_seconds",
    "The time of the oldest count of drifted resources that is served",
    ({ oldestCount }) => oldestCount,
  ),
  perStack(
    "spacelift_stack_drifted",
    "Whether a stack has drifted resources (1) or not (0)",
    ({ isDrifted }) => toNumber(isDrifted),
  ),
  perStack(
    "spacelift_stack_state_timestamp_seconds",
    "The time at which a stack entered its current state",
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
    "Whether a stack is waiting for an approval (1) or not (0)",
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
    // Requested for every stack because drift needs it.
    (stack, { details }) => details ? resources(stack) : null,
  ),
];

/** The metrics of a walk; with `totals` the two old names are left to the account's totals. */
export function stackMetrics(totals: boolean): readonly Metric<StacksWalk>[] {
  return [...(totals ? UNDER_OWN_NAMES : UNDER_OLD_NAMES), ...IN_EITHER_CASE];
}

/** Every family that a walk can deliver. */
export const STACK_FAMILIES: readonly Family[] = [
  ...UNDER_OLD_NAMES,
  ...UNDER_OWN_NAMES,
  ...IN_EITHER_CASE,
].map(({ family }) => family);

/** Whether the API's count of a stack's resources must be wrong. */
export function miscounted(stack: Stack, { driftedResources }: CountedStacks): boolean {
  const count = stack.entityCount ?? 0;
  return count < 0 || (stack.isDrifted === true && count < (driftedResources(stack) ?? 0));
}

/** The minimum number of stacks that have no resources by drift of their own. */
export function uncounted(walk: CountedStacks): number {
  return walk.omitted + walk.stacks.filter((stack) => driftOf(stack, walk) === undefined).length;
}

type StateFamily = typeof STACKS_BY_STATE;

function ofState(states: StateFamily, drift: StateFamily): readonly Metric<StacksWalk>[] {
  return [
    eachStack(states, () => 1, (stack) => [...labelsOf(stack), stack.state]),
    { family: drift, read: (walk) => driftSamples(drift, walk) },
  ];
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

function driftSamples(family: StateFamily, walk: StacksWalk): Sample[] | undefined {
  if (!walk.complete) return undefined;
  const sums = { drifted: 0, ok: 0 };
  const samples = walk.stacks.flatMap((stack) => {
    const drift = driftOf(stack, walk);
    if (drift === undefined) return [];
    sums.drifted += drift.drifted;
    sums.ok += drift.ok;
    return bothStates(family, drift, labelsOf(stack));
  });
  const { driftTotals: totals } = walk;
  if (totals === undefined || uncounted(walk) === 0) return samples;
  const rest = {
    drifted: Math.max(totals.drifted - sums.drifted, 0),
    ok: Math.max(totals.ok - sums.ok, 0),
  };
  return [...samples, ...bothStates(family, rest, ["", ""])];
}

/** Undefined when the API does not report it and before it is counted, rather than a guess. */
function driftOf(stack: Stack, { driftedResources }: CountedStacks): Drift | undefined {
  const all = resources(stack);
  const drifted = stack.isDrifted === false ? 0 : driftedResources(stack);
  if (all === null || typeof stack.isDrifted !== "boolean" || drifted === undefined) {
    return undefined;
  }
  return { drifted, ok: Math.max(all - drifted, 0) };
}

function bothStates(
  family: StateFamily,
  { drifted, ok }: Drift,
  labels: readonly [string, string],
): Sample[] {
  return [
    sample(family, drifted, ...labels, "DRIFTED"),
    sample(family, ok, ...labels, "OK"),
  ];
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
