import type { Metrics } from "../metric_names.ts";
import { SPACE } from "./variables.ts";

/** Stacks by state, each counted once however many exporters serve it. */
export function stacksByState({ select }: Metrics, matchers: Record<string, string> = {}): string {
  const stacks = select("spacelift_current_stacks_count_by_state", { ...SPACE, ...matchers });
  return `max by (job, space, stack, state) (${stacks})`;
}

/** Resources by drift, each counted once however many exporters serve it. */
export function resourcesByDrift(
  { select }: Metrics,
  matchers: Record<string, string> = {},
): string {
  const resources = select("spacelift_current_resources_count_by_drift", { ...SPACE, ...matchers });
  return `max by (job, space, stack, state) (${resources})`;
}

/** A sum over part of some series: 0 when there are others but none of that part. */
export function sumOrZero(part: string, all: string): string {
  return `sum(${part}) or 0 * sum(${all})`;
}

/** The series of stacks with the names of the stack and its space as labels. */
export function withNames({ select }: Metrics, expression: string): string {
  const names = `max by (job, space, stack, space_name, stack_name) (${
    select("spacelift_stack_info")
  })`;
  return `${expression}\n* on (job, space, stack) group_left (space_name, stack_name)\n${names}`;
}
