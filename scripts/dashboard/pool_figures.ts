import type { Metrics } from "../metric_names.ts";
import type { Panel } from "./panel.ts";
import { table } from "./table.ts";
import { POOL } from "./variables.ts";

const BY_POOL = "by (job, worker_pool_id, worker_pool_name)";

/** A figure of each private worker pool, once however many exporters serve it. */
export function ofPools({ select }: Metrics, figure: string): string {
  return `max ${BY_POOL} (${select(`spacelift_worker_pool_${figure}`, POOL)})`;
}

/** A figure of the public worker pool. */
export function ofPublicPool({ select }: Metrics, figure: string): string {
  return `max by (job) (${select(`spacelift_public_worker_pool_${figure}`)})`;
}

/** Queued runs in pools without a free worker. */
export function waitingRuns(metrics: Metrics): string {
  const pending = ofPools(metrics, "runs_pending");
  const ownFull = `(${ofPools(metrics, "workers_free")} == bool 0)`;
  const publicPending = ofPublicPool(metrics, "runs_pending");
  return `sum(${pending} * ${ownFull} or ${publicPending} * ${publicFull(metrics)})`;
}

/** How many pools have queued runs and no free worker. */
export function fullPools(metrics: Metrics): string {
  const own = `(${ofPools(metrics, "runs_pending")} > bool 0) * ` +
    `(${ofPools(metrics, "workers_free")} == bool 0)`;
  const shared = `(${ofPublicPool(metrics, "runs_pending")} > bool 0) * ${publicFull(metrics)}`;
  return `sum(${own} or ${shared})`;
}

/** Every private pool with its queue and its workers, those in which most runs wait first. */
export function poolsTable(metrics: Metrics, size: { width: number; height: number }): Panel {
  const figures = ["runs_pending", "workers_busy", "workers_free", "workers_drained", "workers"];
  return table({
    ...size,
    title: "Private worker pools",
    description: "Every chosen pool with its queue and its workers; most runs waiting first.",
    queries: figures.map((figure) => ({ expr: ofPools(metrics, figure) })),
    columns: [
      { title: "Name", from: "worker_pool_name" },
      { title: "Waiting", from: 0, thresholds: [["text"], ["orange", 1]] },
      { title: "Busy", from: 1 },
      { title: "Free", from: 2, thresholds: [["orange"], ["text", 1]] },
      { title: "Drained", from: 3, thresholds: [["text"], ["orange", 1]] },
      { title: "Workers", from: 4 },
      { title: "ID", from: "worker_pool_id" },
    ],
    sortBy: "Waiting",
    noValue: "No private pools",
  });
}

function publicFull(metrics: Metrics): string {
  return `(${ofPublicPool(metrics, "workers_busy")} >= bool ${
    ofPublicPool(metrics, "parallelism")
  })`;
}
