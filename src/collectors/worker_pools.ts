import * as v from "valibot";
import { cutLabelValue } from "../metrics/family.ts";
import { gaugesPerItem } from "../metrics/metric.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { figure } from "../spacelift/reply.ts";
import { count, name, queryCollector } from "./collector.ts";

const poolSchema = v.object({
  id: v.string(),
  name,
  pendingRuns: count,
  busyWorkers: count,
  schedulableRunsCount: v.optional(count, null),
  workers: figure(
    "a list of workers",
    (input) => input === null || isListOfWorkers(input) ? input : undefined,
  ),
});

const replySchema = v.object({ workerPools: v.array(poolSchema) });

const perPool = gaugesPerItem({
  items: ({ workerPools }: v.InferOutput<typeof replySchema>) => workerPools,
  labels: ["worker_pool_id", "worker_pool_name"],
  labelValues: ({ id, name }) => [id, name ?? ""],
});

/** The account's own workers, pool by pool; drained workers count as workers. */
export const workerPools = queryCollector({
  name: "workerpools",
  subject: "the worker pools",
  isOriginal: true,
  operation: {
    name: "PrometheusExporter_WorkerPools",
    document:
      "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,schedulableRunsCount,workers{id,busy,drained}}}",
    data: replySchema,
    verify({ workerPools }) {
      if (new Set(workerPools.map(({ id }) => cutLabelValue(id))).size < workerPools.length) {
        throw new ApiError("bad_response", "The API's reply has two worker pools with the same id");
      }
    },
  },
  smaller: [
    {
      document:
        "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,workers{id,busy,drained}}}",
      leavesOut: "the schedulable runs of worker pools",
    },
    {
      document:
        "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,workers{id,drained}}}",
      leavesOut: "the free workers of worker pools",
    },
  ],
  metrics: {
    runsPending: perPool(
      "spacelift_worker_pool_runs_pending",
      "The number of runs currently queued and waiting for a worker from a particular pool",
      ({ pendingRuns }) => pendingRuns,
    ),
    runsSchedulable: perPool(
      "spacelift_worker_pool_runs_schedulable",
      "The number of schedulable runs on a worker pool",
      ({ schedulableRunsCount }) => schedulableRunsCount,
    ),
    workersBusy: perPool(
      "spacelift_worker_pool_workers_busy",
      "The number of currently busy workers in a worker pool",
      ({ busyWorkers }) => busyWorkers,
    ),
    workers: perPool(
      "spacelift_worker_pool_workers",
      "The number of workers in a worker pool",
      ({ workers }) => workers?.length ?? null,
    ),
    workersDrained: perPool(
      "spacelift_worker_pool_workers_drained",
      "The number of workers in a worker pool that have been drained",
      ({ workers }) => workers?.filter(({ drained }) => drained === true).length ?? null,
    ),
    workersFree: perPool(
      "spacelift_worker_pool_workers_free",
      "The number of workers in a worker pool that are neither busy nor drained",
      ({ workers }) => workers === null ? null : countFree(workers),
    ),
  },
});

interface Worker {
  /** Absent when the server does not support it. */
  readonly busy?: boolean | null;
  readonly drained: boolean | null;
}

function isListOfWorkers(input: unknown): input is readonly Worker[] {
  return Array.isArray(input) && input.every(isWorker);
}

function isWorker(input: unknown): input is Worker {
  return typeof input === "object" && input !== null && "drained" in input &&
    isFlag(input.drained) && (!("busy" in input) || isFlag(input.busy));
}

function isFlag(input: unknown): input is boolean | null {
  return input === null || typeof input === "boolean";
}

/** Null unless it is known for every worker that is not drained whether it is busy. */
function countFree(workers: readonly Worker[]): number | null {
  const usable = workers.filter(({ drained }) => drained !== true);
  if (usable.some(({ busy }) => typeof busy !== "boolean")) return null;
  return usable.filter(({ busy }) => busy === false).length;
}
