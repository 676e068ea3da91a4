import { family } from "../metrics/family.ts";

/** One for each stack in its present state; served per stack or, without its labels, per account. */
export const STACKS_BY_STATE = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: ["space", "stack", "state"],
});

/** Resources with the state DRIFTED or OK; served per stack or, without its labels, per account. */
export const RESOURCES_BY_DRIFT = family({
  name: "spacelift_current_resources_count_by_drift",
  help: "The number of resources by drift",
  type: "gauge",
  labels: ["space", "stack", "state"],
});
