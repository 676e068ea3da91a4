import type { Metrics } from "../metric_names.ts";
import { resourcesByDrift, stacksByState, sumOrZero } from "./account_figures.ts";
import { type Row, stat, type Threshold } from "./panel.ts";
import { POOL } from "./variables.ts";

const SIZE = { width: 4, height: 4 } as const;
const FROM_ONE_ON: readonly Threshold[] = [["green"], ["orange", 1]];

/** What a look in passing has to tell. */
export function overview(metrics: Metrics): Row {
  const { select } = metrics;
  const lastSuccess = select("spacelift_scrape_collector_last_success_timestamp_seconds");
  const stacksIn = (state: string) =>
    sumOrZero(stacksByState(metrics, { state: `="${state}"` }), stacksByState(metrics));
  const drifted = resourcesByDrift(metrics, { state: '="DRIFTED"' });
  const pending = `max by (job, worker_pool_id) (${
    select("spacelift_worker_pool_runs_pending", POOL)
  })`;
  const publicPending = `max by (job) (${select("spacelift_public_worker_pool_runs_pending")})`;
  return {
    title: "Overview",
    panels: [
      stat({
        ...SIZE,
        title: "Data from the API",
        description: "Whether at least one collector got fresh data in the last scrape.",
        queries: [{ expr: `min(${select("spacelift_up")})` }],
        unit: "none",
        texts: {
          1: { text: "Fresh", color: "green" },
          0: { text: "Remembered", color: "red" },
        },
        noValue: "No data",
      }),
      stat({
        ...SIZE,
        title: "Oldest data",
        description: "The age of the data of the collector that succeeded longest ago.",
        queries: [{ expr: `time() - min(${lastSuccess})` }],
        unit: "s",
        decimals: 0,
        thresholds: [["green"], ["orange", 180], ["red", 900]],
        noValue: "No data",
      }),
      stat({
        ...SIZE,
        title: "Failed stacks",
        description: "Stacks whose last run failed.",
        queries: [{ expr: stacksIn("FAILED") }],
        unit: "none",
        thresholds: [["green"], ["red", 1]],
        noValue: "No data",
      }),
      stat({
        ...SIZE,
        title: "Waiting for confirmation",
        description: "Stacks with a run that somebody has to confirm or discard.",
        queries: [{ expr: stacksIn("UNCONFIRMED") }],
        unit: "none",
        thresholds: FROM_ONE_ON,
        noValue: "No data",
      }),
      stat({
        ...SIZE,
        title: "Drifted resources",
        description: "Resources that differ from the code of their stack.",
        queries: [{ expr: sumOrZero(drifted, resourcesByDrift(metrics)) }],
        unit: "none",
        thresholds: FROM_ONE_ON,
        noValue: "No data",
      }),
      stat({
        ...SIZE,
        title: "Runs waiting for a worker",
        description: "Queued runs in the chosen private worker pools and in the public one.",
        queries: [{ expr: `sum(${pending} or ${publicPending})` }],
        unit: "none",
        thresholds: [["green"], ["orange", 10], ["red", 50]],
        noValue: "No data",
      }),
    ],
  };
}
