import { WAITING_FOR_PERSON, WAITING_FOR_WORKER } from "../../src/collectors/runs/course.ts";
import type { Matchers, Metrics } from "../metric_names.ts";
import { heatMap } from "./heat_map.ts";
import { type Panel, type Row, timeSeries } from "./panel.ts";
import { table } from "./table.ts";
import { SPACE, statusPage } from "./variables.ts";

const HALF = { width: 12, height: 8, noValue: "No runs" } as const;

/** How runs end, how long they take and which are waiting, from the collector runs, which is on by default. */
export function runOutcomes(metrics: Metrics): Row {
  const { buckets } = metrics;
  const perBucket = (name: string, change: "increase" | "rate") =>
    `max by (job, space, type, le) (${change}(${buckets(name, SPACE)}[$__rate_interval]))`;
  const active = perBucket("spacelift_run_active_seconds", "increase");
  const queued = perBucket("spacelift_run_queue_seconds", "rate");
  return {
    title: "Runs and how they end",
    panels: [
      timeSeries({
        ...HALF,
        title: "Runs that ended, by outcome",
        description: "Runs that ended in an hour, by state and type. Needs the collector runs.",
        queries: [{ expr: endedPerHour(metrics), legend: "{{state}} ({{type}})" }],
        unit: "none",
        decimals: 0,
        min: 0,
        stacked: true,
        colors: {
          "FINISHED (TRACKED)": "green",
          "FINISHED (PROPOSED)": "light-green",
          "FAILED (TRACKED)": "red",
          "FAILED (PROPOSED)": "light-red",
        },
      }),
      heatMap({
        ...HALF,
        title: "Time at work",
        description: "How many of the runs that ended took Spacelift how long, without their " +
          "waiting. Needs the collector runs.",
        queries: [{ expr: `sum by (le) (${active})`, legend: "{{le}}" }],
        unit: "s",
        column: "10m",
      }),
      timeSeries({
        ...HALF,
        title: "Time in the queue by space",
        description: "How long at most 95 of 100 runs waited for a worker, of those that ended " +
          "within six hours or, without rules.yaml, lately. Needs the collector runs.",
        queries: [{
          expr: recordedOr(metrics, {
            recorded: "spacelift:run_queue_seconds:quantile6h",
            matchers: { quantile: '="0.95"' },
            otherwise: `histogram_quantile(0.95, sum by (job, space, le) (${queued})) >= 0`,
          }, (each) => `max by (space) (${each})`),
          legend: "{{space}}",
        }],
        unit: "s",
        min: 0,
      }),
      waitingLongest(metrics),
    ],
  };
}

function endedPerHour(metrics: Metrics): string {
  const ended = metrics.select("spacelift_runs_total", SPACE);
  return recordedOr(metrics, {
    recorded: "spacelift:runs:increase1h",
    otherwise: `max by (job, space, stack, drift_detection, type, state) (` +
      `rate(${ended}[$__rate_interval])) * 3600`,
  }, (each) => `sum by (type, state) (${each})`);
}

/** What is recorded of a job, or without the rules what comes close to it. */
function recordedOr(
  { recorded }: Metrics,
  options: {
    readonly recorded: `spacelift:${string}`;
    readonly matchers?: Matchers;
    readonly otherwise: string;
  },
  fold: (each: string) => string,
): string {
  const known = recorded(options.recorded, { ...SPACE, ...options.matchers });
  return fold(`${known} or (${options.otherwise} unless on (job) ${recorded(options.recorded)})`);
}

const WAITING = {
  state: `=~"${[...WAITING_FOR_PERSON, ...WAITING_FOR_WORKER].join("|")}"`,
};

function waitingLongest(metrics: Metrics): Panel {
  const select = (name: string) => metrics.select(name, { ...SPACE, ...WAITING });
  const since = `min by (job, space, state) (${
    select("spacelift_runs_oldest_state_timestamp_seconds")
  })`;
  const amount = `sum by (job, space, state) (max by (job, space, state, type) (${
    select("spacelift_runs_unfinished")
  }))`;
  return table({
    ...HALF,
    title: "What waits longest",
    description: "Queued runs and, in color, runs waiting for a person: by space and state, and " +
      "how long the first of them has waited. The status page lists them. Needs " +
      "the collector runs.",
    queries: [
      { expr: withSpaceName(metrics, `(time() - ${since})`) },
      { expr: withSpaceName(metrics, amount) },
    ],
    columns: [
      { title: "Space", from: "space_name", link: statusPage() },
      { title: "ID", from: "space" },
      {
        title: "State",
        from: "state",
        texts: Object.fromEntries(
          [...WAITING_FOR_PERSON].map((state) => [state, { text: state, color: "orange" }]),
        ),
      },
      { title: "Runs", from: 1 },
      { title: "Longest", from: 0, unit: "s", decimals: 1 },
    ],
    sortBy: "Longest",
    noValue: "None",
  });
}

/** Series by space with the space's name as a label, where a stack shows it. */
function withSpaceName({ select }: Metrics, expression: string): string {
  const names = `max by (job, space, space_name) (${select("spacelift_stack_info")})`;
  const named = `${expression}\n* on (job, space) group_left (space_name)\n${names}`;
  return `${named}\nor on (job, space, state)\n${expression}`;
}
