import type { Metrics } from "../metric_names.ts";
import { resourcesByDrift, stacksByState, sumOrZero, withNames } from "./account_figures.ts";
import { type Panel, type Row, stat, timeSeries } from "./panel.ts";
import { table } from "./table.ts";
import { SPACE, STACK_LINK, statusPage } from "./variables.ts";

const SMALL = { width: 4, height: 4, unit: "none" } as const;
const LINES = { width: 12, height: 8, unit: "none", min: 0, stacked: true } as const;

/** Stacks by state, and what has drifted. */
export function stacks(metrics: Metrics): Row {
  const { select } = metrics;
  const all = resourcesByDrift(metrics);
  const drifted = resourcesByDrift(metrics, { state: '="DRIFTED"' });
  return {
    title: "Stacks and drift",
    panels: [
      timeSeries({
        ...LINES,
        title: "Stacks by state",
        description: "How many stacks are in each state.",
        queries: [{ expr: `sum by (state) (${stacksByState(metrics)})`, legend: "{{state}}" }],
        colors: { FINISHED: "green", FAILED: "red", UNCONFIRMED: "orange" },
      }),
      timeSeries({
        ...LINES,
        title: "Drifted resources by space",
        description: "Drifted resources of each space; without the collector stacks, of the " +
          "whole account.",
        queries: [{ expr: `sum by (space) (${drifted})`, legend: "{{space}}" }],
        noValue: "None",
      }),
      stat({
        ...SMALL,
        height: 8,
        title: "Drifted share",
        description: "Drifted resources as a share of all.",
        queries: [{ expr: `(${sumOrZero(drifted, all)}) / sum(${all})` }],
        unit: "percentunit",
        decimals: 2,
        thresholds: [["text"]],
        noValue: "Not known",
      }),
      stat({
        ...SMALL,
        height: 8,
        title: "Resources per stack",
        description: "The average number of resources that a stack of the account manages.",
        queries: [{ expr: `max(${select("spacelift_current_avg_stack_size_by_resource_count")})` }],
        decimals: 1,
        thresholds: [["text"]],
        noValue: "Not known",
      }),
      stat({
        ...SMALL,
        height: 8,
        title: "Stacks left out",
        description: "Stacks, at least, that --stacks-limit keeps the exporter from walking.",
        queries: [{ expr: `max(${select("spacelift_stacks_omitted")})` }],
        thresholds: [["green"], ["orange", 1]],
        noValue: "No walk",
        link: statusPage(),
      }),
      driftedStacks(metrics),
    ],
  };
}

/** What is only known with a switch. */
export function stackDetails(metrics: Metrics): Row {
  return {
    title: "Details of stacks (needs --stacks-details)",
    folded: true,
    panels: [
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
    width: 6,
    title,
    description: `${description} Needs --stacks-details.`,
    queries: [{ expr: `sum(max by (job, space, stack) (${select(name, SPACE)}))` }],
    thresholds: [["text"]],
    noValue: "No details",
  });
}

function driftedStacks(metrics: Metrics): Panel {
  const isDrifted = `max by (job, space, stack) (${
    metrics.select("spacelift_stack_drifted", SPACE)
  }) == 1`;
  const count = (matchers: Record<string, string>) =>
    `sum by (job, space, stack) (${
      resourcesByDrift(metrics, { stack: '!=""', ...matchers })
    }) and on (job, space, stack) ${isDrifted}`;
  return table({
    title: "Drifted stacks",
    description: "Stacks with drifted resources. Beyond --stacks-drift-limit stacks, the " +
      "resources are not counted. Needs the collector stacks.",
    queries: [
      { expr: withNames(metrics, `(${isDrifted})`) },
      { expr: withNames(metrics, `(${count({ state: '="DRIFTED"' })})`) },
      { expr: withNames(metrics, `(${count({})})`) },
    ],
    columns: [
      { title: "Stack", from: "stack_name", link: STACK_LINK },
      { title: "ID", from: "stack", link: STACK_LINK },
      { title: "Space", from: "space_name" },
      { title: "Drifted resources", from: 1 },
      { title: "Resources", from: 2 },
    ],
    sortBy: "Drifted resources",
    noValue: "None",
    width: 12,
    height: 8,
  });
}
