import type { Account } from "../../../src/demo/api/account.ts";
import { deriveMetrics } from "../../../src/demo/api/derive_metrics.ts";

/** What Spacelift's exporter serves for an account, as far as it does not change by itself. */
export function legacyExposition(account: Account): string {
  const { publicWorkerPool: shared, workerPools, usage } = account;
  const metrics = deriveMetrics(account);
  const lines: string[] = [];
  const add = (name: string, value = 0, labels: Readonly<Record<string, string>> = {}) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    lines.push(`spacelift_${name}{${pairs.join()}} ${value}\n`);
  };
  add("public_worker_pool_parallelism", shared?.parallelism);
  add("public_worker_pool_runs_pending", shared?.pendingRuns);
  add("public_worker_pool_workers_busy", shared?.busyWorkers);
  for (const { id, name, pendingRuns, busyWorkers, workers } of workerPools) {
    const labels = { worker_pool_id: id, worker_pool_name: name };
    add("worker_pool_runs_pending", pendingRuns, labels);
    add("worker_pool_workers", workers.length, labels);
    add("worker_pool_workers_busy", busyWorkers, labels);
    add("worker_pool_workers_drained", workers.filter(({ drained }) => drained).length, labels);
  }
  add("current_billing_period_start_timestamp_seconds", usage.billingPeriodStart);
  add("current_billing_period_end_timestamp_seconds", usage.billingPeriodEnd);
  add("current_billing_period_used_private_seconds", 60 * usage.usedPrivateMinutes);
  add("current_billing_period_used_public_seconds", 60 * usage.usedPublicMinutes);
  add("current_billing_period_used_seats", usage.usedSeats);
  for (const { value, labels: [state = ""] } of metrics?.stacksCountByState ?? []) {
    add("current_stacks_count_by_state", value, { state });
  }
  for (const { value, labels: [state = ""] } of metrics?.resourcesCountByDrift ?? []) {
    add("current_resources_count_by_drift", value, { state });
  }
  add("current_avg_stack_size_by_resource_count", metrics?.avgStackSizeByResourceCount[0]?.value);
  add("current_average_run_duration", metrics?.averageRunDuration[0]?.value);
  add("current_median_run_duration", metrics?.medianRunDuration[0]?.value);
  add("scrape_duration_seconds", 0.1);
  add("build_info", 1, { version: "v0.11.0", commit: "c", goversion: "go1.26.1" });
  return lines.join("");
}
