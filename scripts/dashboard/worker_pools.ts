import type { Metrics } from "../metric_names.ts";
import { type Row, stat, timeSeries } from "./panel.ts";
import { table } from "./table.ts";
import { POOL } from "./variables.ts";

const BY_POOL = "by (worker_pool_id, worker_pool_name)";
const LEGEND = "{{worker_pool_name}} ({{worker_pool_id}})";

/** The account's own worker pools. */
export function privateWorkers({ select }: Metrics): Row {
  const pool = (figure: string) =>
    `max ${BY_POOL} (${select(`spacelift_worker_pool_${figure}`, POOL)})`;
  const usable = `(${pool("workers")} - ${pool("workers_drained")})`;
  return {
    title: "Private workers",
    panels: [
      timeSeries({
        title: "Busy workers",
        description: "Workers that execute a run, by pool; idle pools are left out.",
        queries: [{ expr: `${pool("workers_busy")} > 0`, legend: LEGEND }],
        unit: "none",
        min: 0,
        width: 8,
        height: 8,
      }),
      timeSeries({
        title: "Pending runs",
        description: "Runs that wait for a worker, by pool; pools without any are left out.",
        queries: [{ expr: `${pool("runs_pending")} > 0`, legend: LEGEND }],
        unit: "none",
        min: 0,
        width: 8,
        height: 8,
      }),
      timeSeries({
        title: "Utilization",
        description: "Busy workers as a share of those that are not drained, by pool.",
        queries: [{ expr: `${pool("workers_busy")} / (${usable} > 0)`, legend: LEGEND }],
        unit: "percentunit",
        min: 0,
        width: 8,
        height: 8,
      }),
      table({
        title: "Private worker pools",
        description: "Every chosen pool with its workers and its queue.",
        queries: ["workers", "workers_busy", "runs_pending", "workers_drained"].map((figure) => ({
          expr: pool(figure),
        })),
        columns: [
          { title: "Name", from: "worker_pool_name" },
          { title: "ID", from: "worker_pool_id" },
          { title: "Workers", from: 0 },
          { title: "Busy", from: 1 },
          { title: "Pending runs", from: 2, thresholds: [["text"], ["orange", 1], ["red", 20]] },
          { title: "Drained", from: 3, thresholds: [["text"], ["orange", 1]] },
        ],
        sortBy: "Pending runs",
        width: 24,
        height: 8,
      }),
    ],
  };
}

/** The workers that Spacelift runs for the account. */
export function publicWorkerPool({ select }: Metrics): Row {
  const pool = (figure: string) => `max(${select(`spacelift_public_worker_pool_${figure}`)})`;
  const size = { width: 4, height: 7 } as const;
  const noValue = "No public pool";
  return {
    title: "Public worker pool",
    panels: [
      stat({
        ...size,
        title: "Parallelism",
        description: "How many runs may execute at once on public workers.",
        queries: [{ expr: pool("parallelism") }],
        unit: "none",
        noValue,
      }),
      stat({
        ...size,
        title: "Busy workers",
        description: "Public workers that execute a run of this account.",
        queries: [{ expr: pool("workers_busy") }],
        unit: "none",
        noValue,
      }),
      stat({
        ...size,
        title: "Pending runs",
        description: "Runs that wait for a public worker.",
        queries: [{ expr: pool("runs_pending") }],
        unit: "none",
        thresholds: [["green"], ["orange", 1], ["red", 20]],
        noValue,
      }),
      timeSeries({
        title: "Runs executing",
        description: "Runs on public workers and behind them, and how many may execute at once.",
        queries: [
          { expr: pool("workers_busy"), legend: "Runs" },
          { expr: pool("runs_pending"), legend: "Pending" },
          { expr: pool("parallelism"), legend: "Parallelism" },
        ],
        unit: "none",
        min: 0,
        width: 12,
        height: 7,
      }),
    ],
  };
}
