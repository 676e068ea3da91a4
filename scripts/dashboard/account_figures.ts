import type { Metrics } from "../metric_names.ts";
import { SPACE } from "./variables.ts";

/** Stacks by state, each counted once however many exporters serve it. */
export function stacksByState(metrics: Metrics, matchers: Record<string, string> = {}): string {
  return oneByOne(metrics, {
    recorded: "spacelift:stack_state",
    served: "spacelift_current_stacks_count_by_state",
    matchers,
  });
}

/** Resources by drift, each counted once however many exporters serve it. */
export function resourcesByDrift(metrics: Metrics, matchers: Record<string, string> = {}): string {
  return oneByOne(metrics, {
    recorded: "spacelift:stack_resources_by_drift",
    served: "spacelift_current_resources_count_by_drift",
    matchers,
  });
}

/** What is recorded, whichever way the exporter serves stacks; without the rules, what it serves. */
function oneByOne(
  { select, recorded }: Metrics,
  options: { recorded: `spacelift:${string}`; served: string; matchers: Record<string, string> },
): string {
  const matchers = { ...SPACE, ...options.matchers };
  const served = `${select(options.served, matchers)} unless on (job) ${
    recorded(options.recorded)
  }`;
  const each = `${recorded(options.recorded, matchers)} or (${served})`;
  return `max by (job, space, stack, state) (${each})`;
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
