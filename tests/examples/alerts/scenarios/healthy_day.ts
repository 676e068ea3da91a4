import type { Event, Scenario } from "../scenario.ts";
import { changePool, changeStack, workers } from "../stage_account.ts";
import { runEvents } from "./run_events.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A day with everything that is no reason to wake anyone. */
export const HEALTHY_DAY: Scenario = {
  name: "A healthy day",
  step: 120,
  duration: 24 * HOUR,
  begins: 0,
  ends: 24 * HOUR,
  webhook: true,
  events: [
    ...runs(),
    ...Array.from({ length: 24 }, (_, hour) => rush(hour * HOUR)).flat(),
    ...[3, 9, 15, 21].flatMap((hour) => workerReplacement(hour * HOUR)),
    ...longQueues(5 * HOUR),
    { at: 7 * HOUR, act: ({ account }) => changeStack(account, "website", { isDrifted: true }) },
    { at: 19 * HOUR, act: ({ account }) => changeStack(account, "website", { isDrifted: false }) },
    // The API is away for four minutes, the exporter is updated, and requests are limited once.
    { at: 8 * HOUR, act: ({ server }) => server.faults.set("*", { status: 503 }) },
    { at: 8 * HOUR + 4 * MINUTE, act: ({ server }) => server.faults.clear() },
    { at: 12 * HOUR, act: ({ exporter }) => exporter.stop() },
    { at: 12 * HOUR + 2 * MINUTE, act: ({ exporter }) => exporter.start() },
    {
      at: 14 * HOUR,
      act: ({ server }) =>
        server.faults.set("PrometheusExporter_Usage", { status: 429 }, { times: 1 }),
    },
  ],
  alerts: [],
};

/** A queue behind busy workers that is done within ten minutes. */
function rush(at: number): Event[] {
  return [
    {
      at,
      act: ({ account }) => {
        changePool(account, "production", { busyWorkers: 4, pendingRuns: 6 });
        account.publicWorkerPool = { parallelism: 3, busyWorkers: 3, pendingRuns: 1 };
      },
    },
    {
      at: at + 10 * MINUTE,
      act: ({ account }) => {
        changePool(account, "production", { busyWorkers: 2, pendingRuns: 0 });
        account.publicWorkerPool = { parallelism: 3, busyWorkers: 0, pendingRuns: 0 };
      },
    },
  ];
}

/** For an hour runs wait though workers are free; for another, a long queue becomes shorter. */
function longQueues(at: number): Event[] {
  const change = (minute: number, busyWorkers: number, pendingRuns: number): Event => ({
    at: at + minute * MINUTE,
    act: ({ account }) => {
      changePool(account, "gpu", { busyWorkers, pendingRuns });
    },
  });
  const shorter = Array.from({ length: 30 }, (_, n) => change(60 + 2 * n, 2, 60 - 2 * n));
  return [change(0, 1, 2), ...shorter, change(120, 0, 0)];
}

/** All workers drain, are gone while runs wait, and come back. */
function workerReplacement(at: number): Event[] {
  const drained = workers(2).map((worker) => ({ ...worker, drained: true }));
  const change = (minutes: number, pool: Parameters<typeof changePool>[2]): Event => ({
    at: at + minutes * MINUTE,
    act: ({ account }) => changePool(account, "gpu", pool),
  });
  return [
    change(0, { workers: drained }),
    change(4, { workers: [], pendingRuns: 2 }),
    change(8, { workers: workers(2), pendingRuns: 0 }),
  ];
}

/** Runs of every kind: most end well, two fail in a row, some wait, and webhooks report most of them. */
function runs(): Event[] {
  const at = (hour: number, minute: number) => hour * HOUR + minute * MINUTE;
  const hours = Array.from({ length: 23 }, (_, hour) => hour);
  const run = (
    stack: string,
    begins: number,
    end: string,
    kind: Parameters<typeof runEvents>[2] = {},
  ) =>
    runEvents(
      stack,
      [
        [begins, "QUEUED"],
        [begins + 2 * MINUTE, "PLANNING"],
        [begins + 6 * MINUTE, end],
      ],
      { delivered: true, ...kind },
    );
  return [
    ...hours.flatMap((hour) => run("website", at(hour, 10), "FINISHED")),
    // Every other delivery is lost.
    ...hours.flatMap((hour) =>
      run("website", at(hour, 30), "FINISHED", { type: "PROPOSED", delivered: hour % 2 === 0 })
    ),
    // Two that fail, then one that is well; and a change that its author tries again and again.
    ...[4, 14].flatMap((hour) => [
      ...run("network-prod", at(hour, 0), "FAILED"),
      ...run("network-prod", at(hour, 20), "FAILED"),
      ...run("network-prod", at(hour, 40), "FINISHED"),
    ]),
    ...[0, 8, 16, 24].flatMap((minute) =>
      run("network-prod", at(9, minute), "FAILED", { type: "PROPOSED" })
    ),
    // One waits for a person for ten hours, and another one of its stack until that is over.
    ...runEvents("database-prod", [
      [at(6, 0), "QUEUED"],
      [at(6, 2), "PLANNING"],
      [at(6, 4), "UNCONFIRMED"],
      [at(16, 0), "FINISHED"],
    ]),
    ...runEvents("database-prod", [
      [at(7, 0), "QUEUED"],
      [at(16, 10), "PLANNING"],
      [at(16, 20), "FINISHED"],
    ]),
    // One waits for a worker for twenty minutes.
    ...runEvents("website", [
      [at(5, 40), "QUEUED"],
      [at(5, 40), "READY"],
      [at(6, 0), "PLANNING"],
      [at(6, 4), "FINISHED"],
    ], { type: "TASK", delivered: true }),
    // One ends while the API is away, one while the exporter is.
    ...run("network-prod", at(7, 56), "FAILED"),
    ...run("network-prod", at(8, 40), "FINISHED"),
    ...run("database-prod", at(22, 0), "FAILED"),
    ...run("database-prod", at(22, 20), "FINISHED"),
    ...run("network-prod", at(11, 56), "FINISHED"),
    ...[2, 10].flatMap((hour) => [
      ...run("website", at(hour, 50), hour === 10 ? "FAILED" : "FINISHED", {
        type: "PROPOSED",
        driftDetection: true,
      }),
    ]),
    ...run("website", at(18, 50), "FINISHED", { type: "PROPOSED", driftDetection: true }),
  ];
}
