import type { Metrics } from "../metric_names.ts";
import { type Row, stat, timeSeries } from "./panel.ts";

/** How long runs take, as Spacelift itself counts. */
export function runs({ select }: Metrics): Row {
  const average = `max(${select("spacelift_run_duration_average_seconds")})`;
  const median = `max(${select("spacelift_run_duration_median_seconds")})`;
  const size = { width: 4, height: 7 } as const;
  const noValue = "No runs";
  return {
    title: "Run duration over 30 days",
    panels: [
      stat({
        ...size,
        title: "Average run duration",
        description: "The average over the runs of the last 30 days.",
        queries: [{ expr: average }],
        unit: "s",
        decimals: 0,
        noValue,
      }),
      stat({
        ...size,
        title: "Median run duration",
        description: "The median over the runs of the last 30 days.",
        queries: [{ expr: median }],
        unit: "s",
        decimals: 0,
        noValue,
      }),
      timeSeries({
        title: "Run duration",
        description: "Average and median, each over the 30 days before that moment.",
        queries: [
          { expr: average, legend: "Average" },
          { expr: median, legend: "Median" },
        ],
        unit: "s",
        min: 0,
        width: 16,
        height: 7,
      }),
    ],
  };
}
