import { cutLabelValue } from "../../metrics/family.ts";
import { type Course, courseOf } from "./course.ts";
import type { FoundRun } from "./query.ts";

/** A run as labels and the ledger need it; times are Unix seconds. */
export interface Run {
  readonly id: string;
  /** Empty for a run without a stack. */
  readonly stack: string;
  /** Empty when unknown. */
  readonly space: string;
  readonly type: string;
  /** `true`, `false`, or empty when unknown. */
  readonly driftDetection: string;
  readonly createdAt: number | undefined;
  readonly course: Course;
}

/** Reads a run; `spaces` supplies the spaces of stacks whose replies do not name them. */
export function readRun(
  { run, stack }: FoundRun,
  spaces: ReadonlyMap<string, string>,
): Run {
  const stackId = stack?.id ?? "";
  const course = courseOf(run);
  return {
    id: run.id,
    stack: cutLabelValue(stackId),
    space: cutLabelValue(stack?.space ?? spaces.get(stackId) ?? ""),
    type: cutLabelValue(run.type ?? ""),
    driftDetection: run.driftDetection === null ? "" : String(run.driftDetection ?? ""),
    createdAt: run.createdAt ?? course.began,
    course,
  };
}
