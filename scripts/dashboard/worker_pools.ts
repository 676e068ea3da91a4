import type { Metrics } from "../metric_names.ts";
import { type Row, stat, timeSeries } from "./panel.ts";
import { ofPools, ofPublicPool } from "./pool_figures.ts";

const LEGEND = "{{worker_pool_name}} ({{worker_pool_id}})";
const LINES = { width: 8, height: 8, unit: "none", min: 0 } as const;
const SMALL = { width: 4, height: 8, unit: "none", noValue: "No public pool" } as const;

/** The account's own pools over time. */
export function privatePools(metrics: Metrics): Row {
  const own = (figure: string) => ofPools(metrics, figure);
  const usable = `(${own("workers")} - ${own("workers_drained")} > 0)`;
  return {
    title: "Private workers",
    panels: [
      timeSeries({
        ...LINES,
        title: "Waiting runs by pool",
        description: "Queued runs by private pool; pools without any are left out.",
        queries: [{ expr: `${own("runs_pending")} > 0`, legend: LEGEND }],
        noValue: "None",
      }),
      timeSeries({
        ...LINES,
        title: "Workers in use by pool",
        description: "Workers that are not free, as a share of those that are not drained.",
        queries: [{ expr: `1 - ${own("workers_free")} / ${usable}`, legend: LEGEND }],
        unit: "percentunit",
      }),
      timeSeries({
        ...LINES,
        title: "All private workers",
        description:
          "Busy and free workers, and queued runs and, where the API reports them, runs that " +
          "could start at once.",
        queries: [
          { expr: `sum(${own("workers_busy")})`, legend: "Busy" },
          { expr: `sum(${own("workers_free")})`, legend: "Free" },
          { expr: `sum(${own("runs_pending")})`, legend: "Waiting runs" },
          { expr: `sum(${own("runs_schedulable")})`, legend: "Schedulable runs" },
        ],
      }),
    ],
  };
}

/** The workers that Spacelift runs for the account, over time. */
export function publicPool(metrics: Metrics): Row {
  const shared = (figure: string) => `max(${ofPublicPool(metrics, figure)})`;
  return {
    title: "Public worker pool",
    panels: [
      stat({
        ...SMALL,
        title: "Busy workers",
        description: "Public workers that execute a run of this account, and their share of " +
          "the parallelism.",
        queries: [
          { expr: shared("workers_busy"), legend: "Busy", look: { thresholds: [["text"]] } },
          {
            expr: `${shared("workers_busy")} / ${shared("parallelism")}`,
            legend: "Of the parallelism",
            look: { unit: "percentunit", thresholds: [["green"], ["orange", 1]] },
          },
        ],
      }),
      stat({
        ...SMALL,
        title: "Pending runs",
        description: "Runs queued for a public worker.",
        queries: [{ expr: shared("runs_pending") }],
        thresholds: [["green"], ["orange", 1]],
      }),
      stat({
        ...SMALL,
        title: "Parallelism",
        description: "How many runs may execute at once on public workers.",
        queries: [{ expr: shared("parallelism") }],
        thresholds: [["text"]],
      }),
      timeSeries({
        ...LINES,
        width: 12,
        title: "Runs executing",
        description: "Runs on public workers and those that wait for one, and how many may " +
          "execute at once.",
        queries: [
          { expr: shared("workers_busy"), legend: "Runs" },
          { expr: shared("runs_pending"), legend: "Waiting runs" },
          { expr: shared("runs_schedulable"), legend: "Schedulable runs" },
          { expr: shared("parallelism"), legend: "Parallelism", look: { limit: "red" } },
        ],
      }),
    ],
  };
}
