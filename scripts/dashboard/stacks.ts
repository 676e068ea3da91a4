import type { Metrics } from "../metric_names.ts";
import { stacksByState, withNames } from "./account_figures.ts";
import { type Panel, type Row, stat, timeSeries } from "./panel.ts";
import { table } from "./table.ts";
import { SPACE } from "./variables.ts";

const SMALL = { width: 4, height: 4 } as const;

/** Stacks by state, and those that somebody has to look after. */
export function stacks(metrics: Metrics): Row {
  const { select } = metrics;
  return {
    title: "Stacks",
    panels: [
      timeSeries({
        title: "Stacks by state",
        description: "How many stacks are in each state.",
        queries: [{ expr: `sum by (state) (${stacksByState(metrics)})`, legend: "{{state}}" }],
        unit: "none",
        min: 0,
        stacked: true,
        width: 9,
        height: 10,
      }),
      attention(metrics),
      stat({
        ...SMALL,
        title: "Resources per stack",
        description: "The average number of resources that a stack of the account manages.",
        queries: [{ expr: `max(${select("spacelift_current_avg_stack_size_by_resource_count")})` }],
        unit: "none",
        decimals: 1,
        noValue: "No data",
      }),
      stat({
        ...SMALL,
        title: "Stacks left out",
        description: "Stacks, at least, that --stacks-limit keeps the exporter from walking.",
        queries: [{ expr: `max(${select("spacelift_stacks_omitted")})` }],
        unit: "none",
        thresholds: [["green"], ["orange", 1]],
        noValue: "No stacks walked",
      }),
      detail(metrics, {
        name: "spacelift_stack_needs_approval",
        title: "Waiting for approval",
        description: "Stacks with a run that a policy lets go on only after an approval.",
      }),
      detail(metrics, {
        name: "spacelift_stack_blocked",
        title: "Blocked",
        description: "Stacks that are blocked by a run.",
      }),
      detail(metrics, {
        name: "spacelift_stack_locked",
        title: "Locked",
        description: "Stacks that somebody has locked.",
      }),
      detail(metrics, {
        name: "spacelift_stack_disabled",
        title: "Disabled",
        description: "Stacks that are disabled.",
      }),
    ],
  };
}

function detail(
  { select }: Metrics,
  { name, title, description }: { name: string; title: string; description: string },
): Panel {
  return stat({
    ...SMALL,
    title,
    description: `${description} Needs --stacks-details.`,
    queries: [{ expr: `sum(max by (job, space, stack) (${select(name, SPACE)}))` }],
    unit: "none",
    noValue: "No details",
  });
}

/** Failed and waiting stacks with since when; a server may not tell the latter. */
function attention(metrics: Metrics): Panel {
  const since = `max by (job, space, stack) (${
    metrics.select("spacelift_stack_state_timestamp_seconds", SPACE)
  })`;
  const waiting = stacksByState(metrics, {
    stack: '!=""',
    state: '=~"FAILED|UNCONFIRMED"',
  });
  const known = `${waiting} * on (job, space, stack) group_left ()`;
  return table({
    title: "Failed and waiting stacks",
    description: "Stacks whose run failed or waits for confirmation, and since when. " +
      "Needs the collector stacks.",
    queries: [
      { expr: withNames(metrics, `(${known} ${since} * 1000 or ${waiting} * 0)`) },
      { expr: withNames(metrics, `(${known} (time() - ${since}))`) },
    ],
    columns: [
      { title: "Stack", from: "stack_name" },
      { title: "ID", from: "stack" },
      { title: "Space", from: "space_name" },
      {
        title: "State",
        from: "state",
        texts: {
          FAILED: { text: "FAILED", color: "red" },
          UNCONFIRMED: { text: "UNCONFIRMED", color: "orange" },
        },
      },
      {
        title: "Since",
        from: 0,
        unit: "dateTimeAsSystem",
        texts: { 0: { text: "Not known", color: "text" } },
      },
      { title: "For", from: 1, unit: "s", decimals: 0 },
    ],
    sortBy: "For",
    noValue: "None",
    width: 15,
    height: 10,
  });
}
