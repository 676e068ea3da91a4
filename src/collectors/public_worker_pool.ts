import * as v from "valibot";
import { gauge } from "../metrics/metric.ts";
import { SMALL_REPLY_BYTES } from "../spacelift/endpoint.ts";
import { count, limit, queryCollector } from "./collector.ts";

const replySchema = v.object({
  publicWorkerPool: v.nullable(
    v.object({
      parallelism: limit,
      busyWorkers: count,
      pendingRuns: count,
      schedulableRunsCount: v.optional(count, null),
    }),
  ),
});
type Reply = v.InferOutput<typeof replySchema>;

/** The workers that Spacelift runs for the account. */
export const publicWorkerPool = queryCollector({
  name: "publicworkerpool",
  subject: "the public worker pool",
  isOriginal: true,
  operation: {
    name: "PrometheusExporter_PublicWorkerPool",
    document:
      "query PrometheusExporter_PublicWorkerPool{publicWorkerPool{parallelism,busyWorkers,pendingRuns,schedulableRunsCount}}",
    data: replySchema,
    maxReplyBytes: SMALL_REPLY_BYTES,
  },
  smaller: [{
    document:
      "query PrometheusExporter_PublicWorkerPool{publicWorkerPool{parallelism,busyWorkers,pendingRuns}}",
    leavesOut: "the schedulable runs of the public worker pool",
  }],
  metrics: {
    runsPending: gauge(
      "spacelift_public_worker_pool_runs_pending",
      "The number of runs in your account currently queued and waiting for a public worker",
      ({ publicWorkerPool }: Reply) => publicWorkerPool?.pendingRuns ?? null,
    ),
    runsSchedulable: gauge(
      "spacelift_public_worker_pool_runs_schedulable",
      "The number of schedulable runs on the public worker pool for this account",
      ({ publicWorkerPool }: Reply) => publicWorkerPool?.schedulableRunsCount ?? null,
    ),
    workersBusy: gauge(
      "spacelift_public_worker_pool_workers_busy",
      "The number of currently busy workers in the public worker pool for this account",
      ({ publicWorkerPool }: Reply) => publicWorkerPool?.busyWorkers ?? null,
    ),
    parallelism: gauge(
      "spacelift_public_worker_pool_parallelism",
      "The maximum number of simultaneously executing runs on the public worker pool for this account",
      ({ publicWorkerPool }: Reply) => publicWorkerPool?.parallelism ?? null,
    ),
  },
});
