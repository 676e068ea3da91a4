import * as v from "valibot";
import { cutLabelValue, family, perItem } from "../metrics/family.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Collector } from "./collector.ts";
import { count, name } from "./reply.ts";

const LABELS = ["worker_pool_id", "worker_pool_name"] as const;
export const RUNS_PENDING = family({
  name: "spacelift_worker_pool_runs_pending",
  help: "The number of runs currently queued and waiting for a worker from a particular pool",
  type: "gauge",
  labels: LABELS,
});
export const WORKERS_BUSY = family({
  name: "spacelift_worker_pool_workers_busy",
  help: "The number of currently busy workers in a worker pool",
  type: "gauge",
  labels: LABELS,
});
export const WORKERS = family({
  name: "spacelift_worker_pool_workers",
  help: "The number of workers in a worker pool",
  type: "gauge",
  labels: LABELS,
});
export const WORKERS_DRAINED = family({
  name: "spacelift_worker_pool_workers_drained",
  help: "The number of workers in a worker pool that have been drained",
  type: "gauge",
  labels: LABELS,
});

const poolSchema = v.object({
  id: v.string(),
  name,
  pendingRuns: count,
  busyWorkers: count,
  workers: v.nullable(v.array(v.object({ drained: v.nullable(v.boolean()) }))),
});
type Pool = v.InferOutput<typeof poolSchema>;

const OPERATION = {
  name: "PrometheusExporter_WorkerPools",
  document:
    "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,workers{id,drained}}}",
  data: v.object({ workerPools: v.array(poolSchema) }),
} satisfies Operation<unknown>;

/** The account's own workers, pool by pool; drained workers count as workers. */
export const workerPools: Collector = {
  name: "workerpools",
  families: [RUNS_PENDING, WORKERS_BUSY, WORKERS, WORKERS_DRAINED],
  async collect(client, signal) {
    const { workerPools: pools } = await client.query(OPERATION, { signal });
    if (new Set(pools.map(({ id }) => cutLabelValue(id))).size < pools.length) {
      throw new ApiError("bad_response", "The API's reply has two worker pools with the same id");
    }
    const labels = (pool: Pool) => [pool.id, pool.name ?? ""] as const;
    return [
      perItem(RUNS_PENDING, pools, { value: (pool) => pool.pendingRuns, labels }),
      perItem(WORKERS_BUSY, pools, { value: (pool) => pool.busyWorkers, labels }),
      perItem(WORKERS, pools, { value: ({ workers }) => workers?.length ?? null, labels }),
      perItem(WORKERS_DRAINED, pools, { value: countDrained, labels }),
    ];
  },
};

function countDrained({ workers }: Pool): number | null {
  return workers?.filter(({ drained }) => drained === true).length ?? null;
}
