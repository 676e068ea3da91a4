import type { StacksWalk } from "./metrics.ts";
import { type Stack, stackKey } from "./query.ts";

/** Stacks in the same trouble, of which only the worst are named. */
export interface StackList {
  readonly count: number;
  readonly worst: readonly StackLine[];
}

/** A stack as one line of a list. */
export interface StackLine {
  readonly id: string;
  readonly name: string;
  readonly space: string;
  /** Since when it is in its state, in Unix seconds. */
  readonly since: number | null;
  readonly driftedResources: number | undefined;
}

/** How many stacks a list names. */
const LIST_LENGTH = 20;

/** What a person wants to know of a walk: how many stacks are in which state, and which need care. */
export class StacksOverview {
  readonly byState: ReadonlyMap<string, number>;
  /** How many stacks, at least, the limit of stacks left out. */
  readonly omitted: number;
  readonly failed: StackList;
  readonly waiting: StackList;
  /** Undefined when the server does not say which stacks have drifted. */
  readonly drifted: StackList | undefined;

  constructor({ stacks, complete, omitted, driftedResources }: StacksWalk) {
    const byState = new Map<string, number>();
    for (const { state } of stacks) byState.set(state, (byState.get(state) ?? 0) + 1);
    const list = (all: readonly Stack[], weight: (stack: Stack) => number): StackList => ({
      count: all.length,
      worst: all.toSorted((a, b) => weight(b) - weight(a))
        .slice(0, LIST_LENGTH)
        .map((stack) => toLine(stack, driftedResources(stack))),
    });
    // Not Infinity: the difference of two is no number to sort by.
    const age = ({ stateSetAt }: Stack) => -(stateSetAt ?? Number.MAX_SAFE_INTEGER);
    const drift = (stack: Stack) => driftedResources(stack) ?? 0;
    this.byState = byState;
    this.omitted = omitted;
    this.failed = list(stacks.filter(({ state }) => state === "FAILED"), age);
    this.waiting = list(stacks.filter(isWaiting), age);
    this.drifted = complete
      ? list(stacks.filter(({ isDrifted }) => isDrifted === true), drift)
      : undefined;
  }
}

function isWaiting({ state, needsApproval }: Stack): boolean {
  return state === "UNCONFIRMED" || needsApproval === true;
}

function toLine(stack: Stack, driftedResources: number | undefined): StackLine {
  return {
    id: stackKey(stack),
    name: stack.name ?? "",
    space: stack.spaceDetails?.name ?? stack.space ?? "",
    since: stack.stateSetAt ?? null,
    driftedResources,
  };
}
