import {
  type Account,
  emptyAccount,
  plainStack,
  type Stack,
} from "../../../src/demo/api/account.ts";

/** An account that has something of everything that queries ask for; `now` is Unix seconds. */
export function busyAccount(now: number): Account {
  const worker = { busy: true, drained: false };
  return {
    ...emptyAccount(),
    publicWorkerPool: {
      parallelism: 10,
      busyWorkers: 8,
      pendingRuns: 3,
      schedulableRunsCount: 3,
    },
    workerPools: [
      {
        id: "01HPOOLA",
        name: "production",
        pendingRuns: 4,
        schedulableRunsCount: 1,
        busyWorkers: 2,
        workers: [{ id: "a", ...worker }, { id: "b", ...worker }, {
          id: "c",
          ...worker,
          drained: true,
        }],
      },
      { id: "01HPOOLB", name: "idle", pendingRuns: 0, busyWorkers: 0, workers: [] },
    ],
    usage: {
      billingPeriodStart: now - 20 * 86_400,
      billingPeriodEnd: now + 10 * 86_400,
      usedPrivateMinutes: 950,
      usedPublicMinutes: 61,
      usedSeats: 7,
    },
    spaces: ["root", "network", "data"].map((id) => ({ id, name: id, parentSpace: null })),
    stacks: [...stacksIn("FINISHED", 40), ...stacksIn("FAILED", 7), ...stacksIn("UNCONFIRMED", 2)],
    runDurations: [30, 95.5, 187],
  };
}

/** Stacks in all spaces; every fifth has drifted. */
function stacksIn(state: string, count: number): Stack[] {
  return Array.from({ length: count }, (_, n) => ({
    ...plainStack(`${state.toLowerCase()}-${n}`),
    state,
    space: ["root", "network", "data"][n % 3] ?? "root",
    entityCount: n + 3,
    isDrifted: n % 5 === 0,
    driftedCount: n % 5 === 0 ? n % 3 + 1 : 0,
  }));
}
