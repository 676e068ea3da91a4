import { cutLabelValue } from "../metrics/family.ts";
import { type Stack, stackKey } from "./stack.ts";

/** What a person wants to know of a walk: how many stacks are in which state, and which need care. */
export interface StacksOverview {
  readonly total: number;
  readonly byState: ReadonlyMap<string, number>;
  readonly failed: StackList;
  readonly waiting: StackList;
  readonly drifted: StackList;
}

/** Stacks in the same trouble, of which only those longest in it are named. */
export interface StackList {
  readonly count: number;
  readonly longest: readonly StackLine[];
}

/** A stack as one line of a list. */
export interface StackLine {
  readonly id: string;
  readonly name: string;
  readonly space: string;
  readonly state: string;
  /** Since when it is in its state, in Unix seconds. */
  readonly since: number | null;
}

/** How many stacks a list names. */
const LIST_LENGTH = 20;

/** Sums up the stacks of a walk. */
export function overviewOf(stacks: readonly Stack[]): StacksOverview {
  const byState = new Map<string, number>();
  for (const { state } of stacks) byState.set(state, (byState.get(state) ?? 0) + 1);
  return {
    total: stacks.length,
    byState,
    failed: list(stacks, ({ state }) => state === "FAILED"),
    waiting: list(
      stacks,
      ({ state, needsApproval }) => state === "UNCONFIRMED" || needsApproval === true,
    ),
    drifted: list(stacks, ({ isDrifted }) => isDrifted === true),
  };
}

function list(stacks: readonly Stack[], belongs: (stack: Stack) => boolean): StackList {
  const all = stacks.filter(belongs);
  const longest = all.toSorted((a, b) =>
    (a.stateSetAt ?? Infinity) - (b.stateSetAt ?? Infinity) || 0
  )
    .slice(0, LIST_LENGTH);
  return { count: all.length, longest: longest.map(toLine) };
}

function toLine(stack: Stack): StackLine {
  return {
    id: stackKey(stack),
    name: cutLabelValue(stack.name ?? ""),
    space: cutLabelValue(stack.spaceDetails?.name ?? stack.space ?? ""),
    state: cutLabelValue(stack.state),
    since: stack.stateSetAt ?? null,
  };
}
