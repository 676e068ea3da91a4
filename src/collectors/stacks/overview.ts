import { cutLabelValue } from "../../metrics/family.ts";
import type { StacksWalk } from "./metrics.ts";
import { type Stack, stackKey } from "./query.ts";

/** A stack as one line of a list. */
export interface StackLine {
  readonly id: string;
  /** Empty when it is the id. */
  readonly name: string;
  readonly space: string;
  /** When it entered its state, in Unix seconds. */
  readonly since: number | null;
  readonly driftedResources: number | undefined;
}

/**
 * What the status page shows about a walk: the number of stacks by state, and which need attention.
 */
export class StacksOverview {
  readonly byState: ReadonlyMap<string, number>;
  /** The minimum number of stacks that --stacks-limit left out. */
  readonly omitted: number;
  /** Most recent failures first. */
  readonly failed: readonly StackLine[];
  /** Stacks waiting for confirmation; the most recent first. */
  readonly unconfirmed: readonly StackLine[];
  /** Most drifted resources first; undefined when the server does not report drift. */
  readonly drifted: readonly StackLine[] | undefined;

  constructor({ stacks, complete, omitted, driftedResources }: StacksWalk) {
    const byState = new Map<string, number>();
    for (const { state } of stacks) byState.set(state, (byState.get(state) ?? 0) + 1);
    const lines = (wanted: (stack: Stack) => boolean): StackLine[] =>
      stacks.filter(wanted).map((stack) => toLine(stack, driftedResources(stack)));
    const newest = (a: StackLine, b: StackLine) => (b.since ?? -1) - (a.since ?? -1);
    const worst = (a: StackLine, b: StackLine) =>
      (b.driftedResources ?? 0) - (a.driftedResources ?? 0);
    this.byState = byState;
    this.omitted = omitted;
    this.failed = lines(({ state }) => state === "FAILED").sort(newest);
    this.unconfirmed = lines(isUnconfirmed).sort(newest);
    this.drifted = complete ? lines(({ isDrifted }) => isDrifted === true).sort(worst) : undefined;
  }
}

function isUnconfirmed({ state, needsApproval }: Stack): boolean {
  return state === "UNCONFIRMED" || needsApproval === true;
}

function toLine(stack: Stack, driftedResources: number | undefined): StackLine {
  const id = stackKey(stack);
  const name = cutLabelValue(stack.name ?? "");
  return {
    id,
    name: name === id ? "" : name,
    space: cutLabelValue(stack.spaceDetails?.name ?? stack.space ?? ""),
    since: stack.stateSetAt ?? null,
    driftedResources,
  };
}
