import { type Account, emptyAccount, plainStack } from "../../src/demo/api/account.ts";

/** An account in the cloud with a bit of everything, names that need escapes included. */
export function saasAccount(): Account {
  return {
    ...emptyAccount(),
    publicWorkerPool: { parallelism: 10, busyWorkers: 4, pendingRuns: 2, schedulableRunsCount: 1 },
    workerPools: [
      {
        id: "01HPOOLA",
        name: 'prod "blue" \\ green\nline \u{1f680}',
        pendingRuns: 3,
        busyWorkers: 1,
        schedulableRunsCount: 2,
        workers: [
          { id: "w1", busy: true, drained: false },
          { id: "w2", busy: false, drained: true },
        ],
      },
      {
        id: "01HPOOLB",
        name: "",
        pendingRuns: 0,
        busyWorkers: 0,
        schedulableRunsCount: 0,
        workers: [],
      },
    ],
    usage: {
      billingPeriodStart: 1_798_761_600,
      billingPeriodEnd: 1_801_440_000,
      usedPrivateMinutes: 2500,
      usedPublicMinutes: 61,
      usedSeats: 7,
    },
    spaces: [
      { id: "root", name: "root", parentSpace: null },
      { id: "network-01H", name: "Network", parentSpace: "root" },
    ],
    stacks: [
      { ...plainStack("a"), entityCount: 3, driftedCount: 1, isDrifted: true },
      { ...plainStack("b"), space: "network-01H", state: "FAILED", entityCount: 4 },
      { ...plainStack("c"), state: "A_NEW_STATE", entityCount: 1 },
    ],
    runDurations: [30, 95.5, 187],
  };
}

/** A self-hosted account: no public workers, no billing. */
export function selfHostedAccount(): Account {
  return {
    ...saasAccount(),
    publicWorkerPool: null,
    workerPools: [{
      id: "01HSELF",
      name: "self-hosted",
      pendingRuns: 1,
      busyWorkers: 2,
      workers: [
        { id: "w1", busy: true, drained: false },
        { id: "w2", busy: true, drained: false },
      ],
    }],
    usage: { ...emptyAccount().usage, usedSeats: 3 },
  };
}
