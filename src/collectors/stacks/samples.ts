import {
  type Family,
  type FamilySamples,
  perItem,
  type Sample,
  sample,
  single,
} from "../../metrics/family.ts";
import { type Stack, stackKey } from "./query.ts";
import * as families from "./families.ts";

/** What a walk knows beside the stacks themselves. */
export interface WalkFacts {
  /** Whether the server has the fields on drift, and the details where they are wanted. */
  readonly complete: boolean;
  /** Whether the drifted resources of every stack are known that should be. */
  readonly counted: boolean;
  readonly details: boolean;
  readonly omitted: number;
  /** The number of drifted resources of a stack; undefined when it is not known. */
  readonly driftedResources: (stack: Stack) => number | undefined;
}

/** The families of a walk, made one at a time because together they may be large. */
export function* stackSamples(
  stacks: readonly Stack[],
  facts: WalkFacts,
): Generator<FamilySamples> {
  yield perItem(families.STACKS_BY_STATE, stacks, {
    value: () => 1,
    labels: (stack) => [...labelsOf(stack), stack.state],
  });
  yield perItem(families.STACK_INFO, stacks, {
    value: () => 1,
    labels: (stack) => {
      const [space, id] = labelsOf(stack);
      return [space, stack.spaceDetails?.name ?? "", id, stack.name ?? ""];
    },
  });
  yield single(families.STACKS_OMITTED, facts.omitted);
  if (!facts.complete) return;
  // With the drifted stacks missing from it, the sum over the account would be a lie.
  if (facts.counted) {
    yield { family: families.RESOURCES_BY_DRIFT, samples: driftSamples(stacks, facts) };
  }
  yield perStack(families.STACK_DRIFTED, stacks, ({ isDrifted }) => toNumber(isDrifted));
  yield perStack(families.STATE_TIMESTAMP, stacks, ({ stateSetAt }) => stateSetAt ?? null);
  if (!facts.details) return;
  yield perStack(
    families.STACK_LOCKED,
    stacks,
    ({ lockedAt }) => lockedAt === undefined ? null : Number(lockedAt !== null),
  );
  yield perStack(families.STACK_BLOCKED, stacks, ({ blocked }) => toNumber(blocked));
  yield perStack(families.STACK_DISABLED, stacks, ({ isDisabled }) => toNumber(isDisabled));
  yield perStack(
    families.STACK_NEEDS_APPROVAL,
    stacks,
    ({ needsApproval }) => toNumber(needsApproval),
  );
  yield perStack(families.LAST_APPLY_TIMESTAMP, stacks, ({ lastApplyAt }) => lastApplyAt ?? null);
  yield perStack(families.STACK_RESOURCES, stacks, resources);
}

/** Whether the API's count of a stack's resources cannot be right. */
export function miscounted(stack: Stack, facts: WalkFacts): boolean {
  const count = stack.entityCount ?? 0;
  return count < 0 || (stack.isDrifted === true && count < (facts.driftedResources(stack) ?? 0));
}

function driftSamples(stacks: readonly Stack[], facts: WalkFacts): Sample[] {
  return stacks.flatMap((stack) => {
    const all = resources(stack);
    const drifted = stack.isDrifted === false ? 0 : facts.driftedResources(stack);
    if (all === null || stack.isDrifted === null || drifted === undefined) return [];
    const labels = labelsOf(stack);
    return [
      sample(families.RESOURCES_BY_DRIFT, drifted, ...labels, "DRIFTED"),
      sample(families.RESOURCES_BY_DRIFT, Math.max(all - drifted, 0), ...labels, "OK"),
    ];
  });
}

function perStack(
  family: Family<readonly ["space", "stack"]>,
  stacks: readonly Stack[],
  value: (stack: Stack) => number | null,
): FamilySamples {
  return perItem(family, stacks, { value, labels: labelsOf });
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
