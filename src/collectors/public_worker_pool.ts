import * as v from "valibot";
import { family, single } from "../metrics/family.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Collector } from "./collector.ts";
import { count } from "./reply.ts";

export const RUNS_PENDING = family({
  name: "spacelift_public_worker_pool_runs_pending",
  help: "The number of runs in your account currently queued and waiting for a public worker",
  type: "gauge",
  labels: [],
});
export const WORKERS_BUSY = family({
  name: "spacelift_public_worker_pool_workers_busy",
  help: "The number of currently busy workers in the public worker pool for this account",
  type: "gauge",
  labels: [],
});
export const PARALLELISM = family({
  name: "spacelift_public_worker_pool_parallelism",
  help:
    "The maximum number of simultaneously executing runs on the public worker pool for this account",
  type: "gauge",
  labels: [],
});

const OPERATION = {
  name: "PrometheusExporter_PublicWorkerPool",
  document:
    "query PrometheusExporter_PublicWorkerPool{publicWorkerPool{parallelism,busyWorkers,pendingRuns}}",
  data: v.object({
    publicWorkerPool: v.nullable(
      v.object({ parallelism: count, busyWorkers: count, pendingRuns: count }),
    ),
  }),
} satisfies Operation<unknown>;

/** The workers that Spacelift runs for the account. */
export const publicWorkerPool: Collector = {
  name: "publicworkerpool",
  families: [RUNS_PENDING, WORKERS_BUSY, PARALLELISM],
  async collect(client, signal) {
    const { publicWorkerPool: pool } = await client.query(OPERATION, { signal });
    return [
      single(RUNS_PENDING, pool?.pendingRuns ?? null),
      single(WORKERS_BUSY, pool?.busyWorkers ?? null),
      single(PARALLELISM, pool?.parallelism ?? null),
    ];
  },
};
