import type { Metrics } from "../metric_names.ts";
import type { AlertGroup } from "./alert.ts";
import { acrossInstances, RECORDED } from "./recording_rules.ts";

/** Alerts on runs that wait for workers. */
export function workerPoolAlerts({ select }: Metrics): AlertGroup {
  const pool = (figure: string) => select(`spacelift_worker_pool_${figure}`);
  const publicPool = (figure: string) => select(`spacelift_public_worker_pool_${figure}`);
  const pending = pool("runs_pending");
  const drained = pool("workers_drained");
  const workers = pool("workers");
  const publicPending = publicPool("runs_pending");
  const parallelism = publicPool("parallelism");
  return {
    name: "spacelift-worker-pools",
    title: "Worker pools",
    alerts: [
      {
        name: "SpaceliftWorkerPoolQueueGrowing",
        expr: `${acrossInstances(`${waiting(pending)}\n  and ${workers} > ${drained}\n`)}\n` +
          `and ${RECORDED.freeWorkers} == 0`,
        for: "15m",
        severity: "warning",
        summary: "Runs pile up in the worker pool {{ $labels.worker_pool_name }}",
        description: "{{ $value }} runs wait for a worker of {{ $labels.worker_pool_name }} " +
          "({{ $labels.worker_pool_id }}). For 15 minutes no worker has been free and the queue " +
          "has not become clearly shorter.",
        needs: "Collector `workerpools` and `rules.yaml`.",
        runbook: {
          meaning:
            "All workers that are not drained are busy, and runs come faster than they are " +
            "done. The alert ends when a worker is free or the queue has lost a fifth of its peak.",
          check: [
            "The pool's page in Spacelift: which runs hold the workers, and for how long?",
            "Are workers missing: `spacelift_worker_pool_workers` an hour ago and now?",
          ],
          act: [
            "Add workers. An autoscaler that follows `spacelift_worker_pool_runs_pending`: is it " +
            "at its maximum?",
            "Stop or discard runs that hang; limit drift detection on the pool.",
          ],
        },
      },
      {
        name: "SpaceliftPublicWorkerPoolQueueGrowing",
        expr: acrossInstances(
          `${waiting(publicPending)}\n  and ${parallelism} > 0` +
            `\n  and ${publicPool("workers_busy")} >= ${parallelism}\n`,
        ),
        for: "15m",
        severity: "warning",
        summary: "Runs pile up for the public worker pool",
        description: "{{ $value }} runs wait for a public worker. For 15 minutes the account has " +
          "used all of its parallelism and the queue has not become clearly shorter.",
        needs: "Collector `publicworkerpool`.",
        runbook: {
          meaning: "As many runs execute on public workers as the account's plan allows.",
          check: ["Runs in Spacelift, filtered by the state Queued."],
          act: [
            "Stop runs that hang.",
            "Move busy stacks to a private worker pool, or ask Spacelift for more parallelism.",
          ],
        },
      },
      {
        name: "SpaceliftWorkerPoolDrained",
        expr: acrossInstances(`${workers} > 0 and ${drained} == ${workers}`),
        for: "10m",
        severity: "warning",
        summary: "All workers of the pool {{ $labels.worker_pool_name }} are drained",
        description: "All {{ $value }} workers of {{ $labels.worker_pool_name }} " +
          "({{ $labels.worker_pool_id }}) have been drained for 10 minutes: no run can start there.",
        needs: "Collector `workerpools`.",
        runbook: {
          meaning: "Drained workers finish what they do and take nothing new. One or two are " +
            "normal while workers are replaced; all of them means that the new ones did not come.",
          check: [
            "Who drained them: the audit trail in Spacelift, or the controller that replaces them.",
            "Do new workers start and register? Look at their logs and at the pool's credentials.",
          ],
          act: ["Undrain the workers in Spacelift, or get new ones running."],
        },
      },
      {
        name: "SpaceliftWorkerPoolWithoutWorkers",
        expr: acrossInstances(`${pending} > 0 and ${workers} == 0`),
        for: "10m",
        severity: "critical",
        summary: "Runs wait in the pool {{ $labels.worker_pool_name }}, which has no workers",
        description: "{{ $value }} runs wait in {{ $labels.worker_pool_name }} " +
          "({{ $labels.worker_pool_id }}), and for 10 minutes the pool has had no worker at all.",
        needs: "Collector `workerpools`.",
        runbook: {
          meaning: "No worker is registered. For a pool that is scaled to zero when idle this is " +
            "normal for the minutes that a worker takes to start, not for ten.",
          check: [
            "The workers' own platform: are they scheduled, do they crash, can they reach " +
            "Spacelift's message queue?",
            "Have the pool's certificate or token been rotated?",
            "The autoscaler, if there is one: does it get metrics from the exporter?",
          ],
          act: ["Get a worker running; the queued runs then start by themselves."],
        },
      },
    ],
  };
}

/** A queue that has not become clearly shorter in the last half hour. */
function waiting(pending: string): string {
  return `\n  ${pending} > 0\n  and ${pending} >= 0.8 * max_over_time(${pending}[30m])`;
}
