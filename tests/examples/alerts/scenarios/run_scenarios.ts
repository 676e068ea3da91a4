import { plainStack, type Stack } from "../../../../src/demo/api/account.ts";
import { type Event, type Scenario, TARGET } from "../scenario.ts";
import { runEvents } from "./run_events.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const { job } = TARGET;

/** Enough stacks for one alert to count them, in place of one for each. */
const CROWD = Array.from({ length: 21 }, (_, n): Stack => ({
  ...plainStack(`service-${n}`),
  space: "platform",
  stateSetAt: 0,
}));

/** Runs that fail, queue and wait, and a webhook that goes silent; polls find out within 30 s. */
export const RUN_SCENARIOS: readonly Scenario[] = [
  {
    name: "Runs of a stack fail one after another",
    step: 30,
    duration: 3 * HOUR,
    begins: 30 * MINUTE,
    ends: 100 * MINUTE,
    events: [
      ...failures("website", [10, 20, 30, 70]),
      ...runEvents("website", [[98 * MINUTE, "QUEUED"], [100 * MINUTE, "FINISHED"]]),
      // The exporter is away for a while, and another stack fails only twice.
      { at: 80 * MINUTE, act: ({ exporter }) => exporter.stop() },
      { at: 84 * MINUTE, act: ({ exporter }) => exporter.start() },
      ...failures("network-prod", [10, 50]),
      ...runEvents("network-prod", [[60 * MINUTE, "QUEUED"], [64 * MINUTE, "FINISHED"]]),
    ],
    alerts: [{
      name: "SpaceliftStackRunsFailing",
      fires: 330,
      resolves: 30,
      shown: {
        labels: { job, space: "root", stack: "website" },
        summary: "Runs of the stack website fail one after another",
        description:
          "3 tracked runs of the stack website in the space root have failed within six " +
          "hours, and none has finished since.",
      },
    }],
  },
  {
    name: "Runs of twenty-one stacks fail one after another",
    step: 60,
    duration: 3 * HOUR,
    begins: 30 * MINUTE,
    ends: 70 * MINUTE,
    events: [
      { at: 0, act: ({ account }) => account.stacks.push(...structuredClone(CROWD)) },
      ...CROWD.flatMap(({ id }) => [
        ...failures(id, [10, 20, 30]),
        ...runEvents(id, [[68 * MINUTE, "QUEUED"], [70 * MINUTE, "FINISHED"]]),
      ]),
    ],
    alerts: [{
      name: "SpaceliftStacksRunsFailing",
      fires: 360,
      resolves: 60,
      shown: {
        labels: { job, space: "platform" },
        summary: "Stacks whose runs keep failing in the space platform: 21",
        description:
          "Three or more tracked runs have failed in a row on more than 20 stacks of the " +
          "account, 21 of them in the space platform.",
      },
    }],
  },
  {
    name: "A run gets no worker for fifty minutes",
    step: 30,
    duration: 90 * MINUTE,
    begins: 10 * MINUTE,
    ends: 60 * MINUTE,
    events: runEvents("website", [
      [10 * MINUTE, "QUEUED"],
      [10 * MINUTE, "READY"],
      [60 * MINUTE, "PREPARING"],
      [62 * MINUTE, "FINISHED"],
    ]),
    alerts: [{
      name: "SpaceliftRunQueued",
      fires: 1950,
      resolves: 30,
      shown: {
        labels: { job, space: "root" },
        summary: "A run in the space root gets no worker",
        description: "A run in the space root has been queued for 32m 30s.",
      },
    }],
  },
  {
    name: "A proposed run waits for a review for 27 hours",
    step: 120,
    duration: 29 * HOUR,
    begins: HOUR,
    ends: 28 * HOUR,
    events: [
      ...runEvents("network-prod", [
        [HOUR, "QUEUED"],
        [HOUR, "PENDING_REVIEW"],
        [28 * HOUR, "FINISHED"],
      ], { type: "PROPOSED" }),
      { at: 10 * HOUR, act: ({ exporter }) => exporter.stop() },
      { at: 10 * HOUR + 4 * MINUTE, act: ({ exporter }) => exporter.start() },
    ],
    alerts: [{
      name: "SpaceliftRunUnconfirmed",
      fires: 86_640,
      resolves: 120,
      shown: {
        labels: { job, space: "platform" },
        summary: "A run in the space platform waits for a person",
        description:
          "A run in the space platform has waited for somebody to review or confirm it " +
          "for 1d 0h 4m 0s, although no stack there has been unconfirmed for that long.",
      },
    }],
  },
  {
    name: "Drift detection fails from one day to the next",
    step: 240,
    duration: 34 * HOUR,
    // The day counts from when it last succeeded.
    begins: 2 * HOUR,
    ends: 33 * HOUR,
    events: [
      ...drift("website", HOUR, "FINISHED"),
      ...drift("website", 2 * HOUR, "FINISHED"),
      ...drift("website", 26 * HOUR, "FAILED"),
      ...drift("website", 33 * HOUR, "FINISHED"),
      // From then until its next drift detection, the exporter has no series of it.
      { at: 4 * HOUR, act: ({ exporter }) => exporter.stop() },
      { at: 4 * HOUR + 4 * MINUTE, act: ({ exporter }) => exporter.start() },
      // One that failed once and succeeded later wakes nobody.
      ...drift("network-prod", 3 * HOUR, "FAILED"),
      ...drift("network-prod", 27 * HOUR, "FINISHED"),
    ],
    alerts: [{
      name: "SpaceliftDriftDetectionFailing",
      fires: { 2: 90_960, 3: 90_720 },
      resolves: 240,
      shown: {
        labels: { job, space: "root" },
        summary: "Drift detection fails in the space root",
        description: "On 1 stack of the space root, drift detection has failed for over a day " +
          "without succeeding. Changes made elsewhere go unnoticed there.",
      },
    }],
  },
  {
    name: "The webhook is silent for two hours",
    step: 60,
    duration: 4 * HOUR,
    begins: HOUR,
    ends: 3 * HOUR,
    webhook: true,
    events: Array.from({ length: 24 }, (_, n) => n * 10 * MINUTE).flatMap((at) =>
      runEvents("website", [[at, "QUEUED"], [at, "PLANNING"], [at, "FINISHED"]], {
        delivered: at <= HOUR || at >= 3 * HOUR,
      })
    ),
    alerts: [{
      name: "SpaceliftWebhookSilent",
      fires: { 2: 4500, 3: 4440 },
      resolves: 0,
      shown: {
        labels: { job },
        summary: "Spacelift's webhook is silent although runs end",
        description:
          "For an hour, no exporter of the job spacelift-promex has received an authentic" +
          " delivery, although runs ended in that time. Metrics of runs arrive later than" +
          " they could.",
      },
    }],
  },
];

/** Tracked runs that fail at these minutes, two minutes after they began. */
function failures(stack: string, minutes: readonly number[]): Event[] {
  return minutes.flatMap((minute) =>
    runEvents(stack, [
      [(minute - 2) * MINUTE, "QUEUED"],
      [(minute - 1) * MINUTE, "PLANNING"],
      [minute * MINUTE, "FAILED"],
    ])
  );
}

/** A drift detection that ends at a time. */
function drift(stack: string, at: number, state: string): Event[] {
  return runEvents(stack, [[at - 8 * MINUTE, "QUEUED"], [at, state]], {
    type: "PROPOSED",
    driftDetection: true,
  });
}
