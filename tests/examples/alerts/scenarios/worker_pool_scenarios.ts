import { type Scenario, TARGET } from "../scenario.ts";
import { changePool, workers } from "../stage_account.ts";

const MINUTE = 60;
const { job } = TARGET;
const PRODUCTION = { job, worker_pool_id: "01PROD", worker_pool_name: "production" };
const GPU = { job, worker_pool_id: "01GPU", worker_pool_name: "gpu" };

/** Runs that wait for workers. */
export const WORKER_POOL_SCENARIOS: readonly Scenario[] = [
  {
    name: "A queue piles up for half an hour",
    step: 15,
    duration: 60 * MINUTE,
    begins: 10 * MINUTE,
    ends: 40 * MINUTE,
    events: [
      ...Array.from({ length: 30 }, (_, minute) => ({
        at: (10 + minute) * MINUTE,
        act: ({ account }) => {
          changePool(account, "production", { busyWorkers: 4, pendingRuns: minute + 1 });
          account.publicWorkerPool = { parallelism: 3, busyWorkers: 3, pendingRuns: 2 };
        },
      } satisfies Scenario["events"][number])),
      {
        at: 40 * MINUTE,
        act: ({ account }) => {
          changePool(account, "production", { busyWorkers: 3, pendingRuns: 0 });
          account.publicWorkerPool = { parallelism: 3, busyWorkers: 2, pendingRuns: 0 };
        },
      },
    ],
    alerts: [
      {
        name: "SpaceliftWorkerPoolQueueGrowing",
        fires: 900,
        resolves: 0,
        shown: {
          labels: PRODUCTION,
          summary: "Runs pile up in the worker pool production",
          description:
            "16 runs are queued for a worker of production (01PROD). For 15 minutes no " +
            "worker has been free and the queue has not become much shorter.",
        },
      },
      {
        name: "SpaceliftPublicWorkerPoolQueueGrowing",
        fires: 900,
        resolves: 0,
        shown: {
          labels: { job },
          summary: "Runs pile up in the public worker pool",
          description:
            "2 runs are queued for a public worker. For 15 minutes the account has used all" +
            " of its parallelism and the queue has not become much shorter.",
        },
      },
    ],
  },
  {
    name: "All workers of a pool are drained",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 30 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ account }) => {
          const drained = workers(2).map((worker) => ({ ...worker, drained: true }));
          changePool(account, "gpu", { workers: drained, pendingRuns: 2 });
        },
      },
      {
        at: 30 * MINUTE,
        act: ({ account }) => changePool(account, "gpu", { workers: workers(2), pendingRuns: 0 }),
      },
    ],
    alerts: [{
      name: "SpaceliftWorkerPoolDrained",
      fires: 600,
      resolves: 0,
      shown: {
        labels: GPU,
        summary: "The whole worker pool gpu is drained",
        description: "Every worker of gpu (01GPU), 2 in all, has been drained for 10 minutes: no " +
          "run can start there.",
      },
    }],
  },
  {
    name: "A pool with a queue loses its workers",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 30 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ account }) => changePool(account, "gpu", { workers: [], pendingRuns: 3 }),
      },
      {
        at: 30 * MINUTE,
        act: ({ account }) => changePool(account, "gpu", { workers: workers(1) }),
      },
    ],
    alerts: [{
      name: "SpaceliftWorkerPoolWithoutWorkers",
      fires: 600,
      resolves: 0,
      shown: {
        labels: GPU,
        summary: "Runs are queued in the pool gpu, which has no workers",
        description:
          "3 runs are queued in gpu (01GPU), and for 10 minutes the pool has had no worker " +
          "at all.",
      },
    }],
  },
];
