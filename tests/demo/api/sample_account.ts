import { type Account, emptyAccount, plainStack } from "../../../src/demo/api/account.ts";

/** A small account with one of everything. */
export const ACCOUNT: Account = {
  ...emptyAccount(),
  publicWorkerPool: { parallelism: 10, busyWorkers: 4, pendingRuns: 2, schedulableRunsCount: 1 },
  workerPools: [{
    id: "pool",
    name: "Pool",
    pendingRuns: 1,
    busyWorkers: 1,
    workers: [{ id: "w1", busy: true, drained: false }, { id: "w2", busy: false, drained: true }],
  }],
  usage: {
    billingPeriodStart: 1_798_761_600,
    billingPeriodEnd: 1_801_440_000,
    usedPrivateMinutes: 500,
    usedPublicMinutes: 60,
    usedSeats: 7,
  },
  spaces: [{ id: "root", name: "Root", parentSpace: null }],
  stacks: [
    { ...plainStack("a"), entityCount: 3, driftedCount: 1, isDrifted: true },
    { ...plainStack("b"), space: "unlisted", state: "A_NEW_STATE" },
  ],
  runDurations: [30],
};
