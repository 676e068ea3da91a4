import { put } from "../api/faults.ts";
import { allFail, delivers, fails, type FaultRow, refusesStacks } from "./fault_row.ts";

const STACKS = "PrometheusExporter_Stacks";
const DRIFT = "PrometheusExporter_StackDrift";
const STAGE = { stacks: true, flags: ["--stacks-details", "--stacks-page-size=1"] };

/** Trouble on the walk over the stacks; `aggregates` stands in only where the account refuses them. */
export const WALK_FAULTS: readonly FaultRow[] = [
  {
    name: "a session that is lost without an error",
    operation: STACKS,
    fault: () => ({ edit: put("data.viewer", null) }),
    stage: STAGE,
    outcome: refusesStacks("unauthorized", /^The API does not know the session$/),
  },
  {
    name: "pages in a circle",
    operation: STACKS,
    fault: () => ({
      edit: put("data.searchStacks.pageInfo", { endCursor: btoa("position:1"), hasNextPage: true }),
    }),
    stage: STAGE,
    outcome: fails("bad_response", /pages make no progress/, "stacks"),
  },
  {
    name: "a next page without a cursor",
    operation: STACKS,
    fault: () => ({
      edit: put("data.searchStacks.pageInfo", { endCursor: null, hasNextPage: true }),
    }),
    stage: STAGE,
    outcome: fails("bad_response", /pages make no progress/, "stacks"),
  },
  {
    name: "a later page that fails for as long as the walk could be served",
    operation: STACKS,
    fault: () => ({ status: 502 }),
    scope: { when: ({ after }) => typeof after === "string" },
    stage: {
      ...STAGE,
      flags: [...STAGE.flags, "--stacks-refresh-interval=1s", "--stacks-max-staleness=2s"],
    },
    outcome: fails("unreachable", /HTTP 502$/, "stacks"),
  },
  {
    name: "a page that does not come in time",
    operation: STACKS,
    raw: ({ closed }) => closed,
    stage: { ...STAGE, flags: [...STAGE.flags, "--scrape-timeout=250ms"] },
    outcome: fails("timeout", /did not answer within 250ms$/, "stacks"),
  },
  {
    name: "a key that may not search",
    stage: { ...STAGE, demo: { refusedToMachines: ["searchStacks"] } },
    outcome: refusesStacks("unsupported", /not available for machine sessions"$/),
  },
  {
    name: "a server without the search",
    stage: { ...STAGE, demo: { missingFields: ["Query.searchStacks"] } },
    outcome: refusesStacks("unsupported", /Cannot query field/),
  },
  {
    name: "a server without the newer fields",
    stage: { ...STAGE, demo: { missingFields: ["Stack.isDrifted", "Stack.lastApplyAt"] } },
    outcome: delivers([
      "spacelift_stack_drifted",
      "spacelift_stack_state_timestamp_seconds",
      "spacelift_stack_locked",
      "spacelift_stack_blocked",
      "spacelift_stack_disabled",
      "spacelift_stack_needs_approval",
      "spacelift_stack_last_apply_timestamp_seconds",
      "spacelift_stack_resources",
      "spacelift_stacks_drift_uncounted",
      "spacelift_stacks_drift_oldest_count_timestamp_seconds",
    ]),
  },
  {
    name: "drift that cannot be counted",
    operation: DRIFT,
    fault: () => ({ errors: ["boom"] }),
    stage: STAGE,
    outcome: delivers([
      'spacelift_current_resources_count_by_drift{space="root",stack="a"',
      "spacelift_stacks_drift_oldest_count_timestamp_seconds",
    ]),
  },
  {
    name: "a walk that waits because of a rate limit while drift is counted",
    operation: DRIFT,
    fault: () => ({ status: 429, headers: { "retry-after": "120" } }),
    stage: STAGE,
    outcome: fails("rate_limited", /HTTP 429$/, "stacks"),
  },
  {
    name: "every collector but the walk fails",
    before({ demo }) {
      // The walk is over, and the next one a minute away.
      demo.faults.set("*", { status: 500 });
    },
    stage: STAGE,
    outcome: { ...allFail("unreachable", /HTTP 500$/), partial: 200, up: 0 },
  },
];
