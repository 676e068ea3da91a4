import type { Event, Scenario } from "../scenario.ts";
import { changePool, changeStack, workers } from "../stage_account.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A day with everything that is no reason to wake anyone. */
export const HEALTHY_DAY: Scenario = {
  name: "A healthy day",
  step: 120,
  duration: 24 * HOUR,
  begins: 0,
  ends: 24 * HOUR,
  events: [
    ...Array.from({ length: 24 }, (_, hour) => rush(hour * HOUR)).flat(),
    ...[3, 9, 15, 21].flatMap((hour) => workerReplacement(hour * HOUR)),
    ...longQueues(5 * HOUR),
    ...life("network-prod", { at: 4 * HOUR, state: "FAILED", lasts: 50 * MINUTE }),
    ...life("database-prod", { at: 6 * HOUR, state: "UNCONFIRMED", lasts: 10 * HOUR }),
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

/** A stack is in a state for some time, then finished. */
function life(
  id: string,
  { at, state, lasts }: { at: number; state: string; lasts: number },
): Event[] {
  const enter = (time: number, state: string): Event => ({
    at: time,
    act: ({ account }) => changeStack(account, id, { state, stateSetAt: time }),
  });
  return [enter(at, state), enter(at + lasts, "FINISHED")];
}
