import { family } from "../../metrics/family.ts";

const STACK = ["space", "stack"] as const;
const STACK_AND_STATE = ["space", "stack", "state"] as const;

/** One for each stack in its present state; for the whole account without stack and space. */
export const STACKS_BY_STATE = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: STACK_AND_STATE,
});

/** Resources with the state DRIFTED or OK; for the whole account without stack and space. */
export const RESOURCES_BY_DRIFT = family({
  name: "spacelift_current_resources_count_by_drift",
  help: "The number of resources by drift",
  type: "gauge",
  labels: STACK_AND_STATE,
});

export const STACK_INFO = family({
  name: "spacelift_stack_info",
  help: "The names of a stack and its space; always 1",
  type: "gauge",
  labels: ["space", "space_name", "stack", "stack_name"],
});

export const STACK_DRIFTED = family({
  name: "spacelift_stack_drifted",
  help: "Whether a stack has drifted resources (1) or not (0)",
  type: "gauge",
  labels: STACK,
});

export const STATE_TIMESTAMP = family({
  name: "spacelift_stack_state_timestamp_seconds",
  help: "The time at which a stack came into its present state",
  type: "gauge",
  labels: STACK,
});

export const STACK_LOCKED = family({
  name: "spacelift_stack_locked",
  help: "Whether a stack is locked (1) or not (0)",
  type: "gauge",
  labels: STACK,
});

export const STACK_BLOCKED = family({
  name: "spacelift_stack_blocked",
  help: "Whether a run blocks a stack (1) or not (0)",
  type: "gauge",
  labels: STACK,
});

export const STACK_DISABLED = family({
  name: "spacelift_stack_disabled",
  help: "Whether a stack is disabled (1) or not (0)",
  type: "gauge",
  labels: STACK,
});

export const STACK_NEEDS_APPROVAL = family({
  name: "spacelift_stack_needs_approval",
  help: "Whether a stack waits for an approval (1) or not (0)",
  type: "gauge",
  labels: STACK,
});

export const LAST_APPLY_TIMESTAMP = family({
  name: "spacelift_stack_last_apply_timestamp_seconds",
  help: "The time at which a stack was last applied",
  type: "gauge",
  labels: STACK,
});

export const STACK_RESOURCES = family({
  name: "spacelift_stack_resources",
  help: "The number of resources that a stack manages",
  type: "gauge",
  labels: STACK,
});

export const STACKS_OMITTED = family({
  name: "spacelift_stacks_omitted",
  help: "The number of stacks, at least, that the limit of stacks leaves out",
  type: "gauge",
  labels: [],
});
