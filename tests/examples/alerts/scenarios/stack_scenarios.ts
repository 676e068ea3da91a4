import { plainStack, type Stack } from "../../../../src/demo/api/account.ts";
import { type Scenario, type Stage, TARGET } from "../scenario.ts";
import { changeStack } from "../stage_account.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const { job } = TARGET;

/** Enough stacks for one alert to count them, in place of one for each. */
const CROWD = Array.from({ length: 21 }, (_, n): Stack => ({
  ...plainStack(`service-${n}`),
  space: "platform",
  stateSetAt: 0,
  entityCount: 3,
}));

/** Stacks that fail, wait and drift; walks find out within a minute or so. */
export const STACK_SCENARIOS: readonly Scenario[] = [
  {
    name: "A stack fails and recovers two hours later",
    step: 30,
    duration: 3 * HOUR,
    begins: 30 * MINUTE,
    ends: 150 * MINUTE,
    events: [
      enter("database-prod", { at: 30 * MINUTE, state: "FAILED" }),
      enter("database-prod", { at: 150 * MINUTE, state: "FINISHED" }),
      // A failure that is repaired within the hour wakes nobody.
      enter("website", { at: 30 * MINUTE, state: "FAILED" }),
      enter("website", { at: 80 * MINUTE, state: "FINISHED" }),
    ],
    alerts: [{
      name: "SpaceliftStackFailed",
      fires: 3630,
      resolves: 60,
      shown: {
        labels: { job, space: "platform", stack: "database-prod" },
        summary: "The stack database-prod has failed",
        description: "The stack database-prod in the space platform has been in the state FAILED " +
          "for 1h 0m 30s.",
      },
    }],
  },
  {
    name: "A stack waits for confirmation and another drifts for 27 hours",
    step: 120,
    duration: 29 * HOUR,
    begins: HOUR,
    ends: 28 * HOUR,
    events: [
      enter("network-prod", { at: HOUR, state: "UNCONFIRMED" }),
      enter("network-prod", { at: 28 * HOUR, state: "FINISHED" }),
      {
        at: HOUR,
        act: ({ account }) => changeStack(account, "website", { isDrifted: true, driftedCount: 2 }),
      },
      {
        at: 28 * HOUR,
        act: ({ account }) =>
          changeStack(account, "website", { isDrifted: false, driftedCount: 0 }),
      },
      // A restart on the way does not start the day anew.
      { at: 10 * HOUR, act: ({ exporter }) => exporter.stop() },
      { at: 10 * HOUR + 4 * MINUTE, act: ({ exporter }) => exporter.start() },
    ],
    alerts: [
      {
        name: "SpaceliftStackUnconfirmed",
        fires: 86_520,
        resolves: 120,
        shown: {
          labels: { job, space: "platform", stack: "network-prod" },
          summary: "A run of the stack network-prod waits for confirmation",
          description: "The stack network-prod in the space platform has waited for somebody to " +
            "confirm or discard its run for 1d 0h 2m 0s.",
        },
      },
      {
        name: "SpaceliftStackDrifted",
        fires: 86_520,
        resolves: 120,
        shown: {
          labels: { job, space: "root", stack: "website" },
          summary: "The stack website has drifted",
          description: "Resources of the stack website in the space root have differed from its " +
            "code for 1d 0h 0m 0s.",
        },
      },
    ],
  },
  {
    name: "Twenty-one stacks fail and recover two hours later",
    step: 60,
    duration: 3 * HOUR,
    begins: 30 * MINUTE,
    ends: 150 * MINUTE,
    events: [
      { at: 0, act: ({ account }) => account.stacks.push(...structuredClone(CROWD)) },
      ...changeCrowd(30 * MINUTE, { state: "FAILED" }),
      ...changeCrowd(150 * MINUTE, { state: "FINISHED" }),
    ],
    alerts: [{
      name: "SpaceliftStacksFailed",
      fires: 3660,
      resolves: 60,
      shown: {
        labels: { job, space: "platform" },
        summary: "Failed stacks in the space platform: 21",
        description: "More than 20 stacks of the account have been in the state FAILED for over " +
          "an hour, 21 of them in the space platform.",
      },
    }],
  },
  {
    name: "Twenty-one stacks wait for confirmation and drift for 25 hours",
    step: 240,
    duration: 27 * HOUR,
    begins: HOUR,
    ends: 26 * HOUR,
    events: [
      { at: 0, act: ({ account }) => account.stacks.push(...structuredClone(CROWD)) },
      ...changeCrowd(HOUR, { state: "UNCONFIRMED", isDrifted: true, driftedCount: 1 }),
      ...changeCrowd(26 * HOUR, { state: "FINISHED", isDrifted: false, driftedCount: 0 }),
    ],
    alerts: [
      {
        name: "SpaceliftStacksUnconfirmed",
        fires: 86_640,
        resolves: 240,
        shown: {
          labels: { job, space: "platform" },
          summary: "Stacks waiting for confirmation in the space platform: 21",
          description:
            "More than 20 stacks of the account have waited over a day for somebody to " +
            "confirm or discard their runs, 21 of them in the space platform.",
        },
      },
      {
        name: "SpaceliftStacksDrifted",
        fires: 86_640,
        resolves: 240,
        shown: {
          labels: { job, space: "platform" },
          summary: "Drifted stacks in the space platform: 21",
          description: "More than 20 stacks of the account have had resources that differ from " +
            "their code for a day, 21 of them in the space platform.",
        },
      },
    ],
  },
];

/** Has the crowd change; if it comes into a state, it does so now. */
function changeCrowd(at: number, change: Partial<Stack>): Scenario["events"] {
  return CROWD.map(({ id }) => ({
    at,
    act: ({ account }) => changeStack(account, id, { ...change, stateSetAt: at }),
  }));
}

/** Has a stack come into a state. */
function enter(
  id: string,
  { at, state }: { at: number; state: string },
): { at: number; act: (stage: Stage) => void } {
  return { at, act: ({ account }) => changeStack(account, id, { state, stateSetAt: at }) };
}
