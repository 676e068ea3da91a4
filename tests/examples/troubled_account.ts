import {
  type Account,
  emptyAccount,
  plainRun,
  plainStack,
  type Run,
} from "../../src/demo/api/account.ts";

const DAY = 86_400;

/** An account in which everything is wrong that an alert looks for; `now` is Unix seconds. */
export function troubledAccount(now: number): Account {
  const worker = { id: "w", busy: true, drained: false };
  const since = { stateSetAt: now - 2 * DAY };
  return {
    ...emptyAccount(),
    publicWorkerPool: { parallelism: 2, busyWorkers: 2, pendingRuns: 5 },
    workerPools: [
      { id: "busy", name: "busy", pendingRuns: 4, busyWorkers: 1, workers: [worker] },
      {
        id: "drained",
        name: "drained",
        pendingRuns: 1,
        busyWorkers: 0,
        workers: [{ ...worker, busy: false, drained: true }],
      },
      { id: "empty", name: "empty", pendingRuns: 1, busyWorkers: 0, workers: [] },
    ],
    usage: {
      billingPeriodStart: now - 20 * DAY,
      billingPeriodEnd: now + 10 * DAY,
      usedPrivateMinutes: 950,
      usedPublicMinutes: 950,
      usedSeats: 7,
    },
    stacks: [
      { ...plainStack("failed"), ...since, state: "FAILED" },
      { ...plainStack("waiting"), ...since, state: "UNCONFIRMED" },
      { ...plainStack("drifted"), ...since, isDrifted: true, driftedCount: 2, entityCount: 9 },
    ],
    runDurations: [60],
  };
}

/** An account in which more stacks are in trouble than are named one by one; `now` is Unix seconds. */
export function crowdedAccount(now: number): Account {
  const since = { stateSetAt: now - 2 * DAY, isDrifted: true, driftedCount: 1, entityCount: 3 };
  const stacksIn = (state: string) =>
    Array.from({ length: 21 }, (_, n) => ({ ...plainStack(`${state}-${n}`), ...since, state }));
  return { ...emptyAccount(), stacks: [...stacksIn("FAILED"), ...stacksIn("UNCONFIRMED")] };
}

/** Runs under way of these stacks, three and a drift detection of each; `now` is Unix seconds. */
export function runsUnderWay(stacks: readonly string[], now: number): Run[] {
  return stacks.flatMap((stack) =>
    [false, false, false, true].map((driftDetection, index): Run => ({
      ...plainRun(`${stack}-${index}`, stack, ["QUEUED", "PLANNING"]),
      type: driftDetection ? "PROPOSED" : "TRACKED",
      driftDetection,
      createdAt: now - 60,
    }))
  );
}

/** Runs that have waited for two days: one for a worker, and in another space one for a person. */
export function waitingRuns(now: number): Run[] {
  const since = (run: Run): Run => ({
    ...run,
    createdAt: now - 2 * DAY,
    history: run.history.map((transition) => ({ ...transition, timestamp: now - 2 * DAY })),
  });
  return [
    since(plainRun("unserved", "unserved", ["QUEUED", "READY"])),
    since({ ...plainRun("unread", "unread", ["QUEUED", "PENDING_REVIEW"]), type: "PROPOSED" }),
  ];
}

/** Ends a run. */
export function endRun(run: Run, state: string, now: number): void {
  run.history.push({ state, terminal: true, timestamp: now, username: null });
}
