import type { Metrics } from "../metric_names.ts";
import { resourcesByDrift, sumOrZero, withNames } from "./account_figures.ts";
import { type Panel, type Row, stat, timeSeries } from "./panel.ts";
import { table } from "./table.ts";
import { SPACE } from "./variables.ts";

/** Drift in all, by space and by stack. */
export function drift(metrics: Metrics): Row {
  const all = resourcesByDrift(metrics);
  const drifted = resourcesByDrift(metrics, { state: '="DRIFTED"' });
  return {
    title: "Drift",
    panels: [
      stat({
        title: "Drifted share",
        description: "Drifted resources as a share of all.",
        queries: [{ expr: `(${sumOrZero(drifted, all)}) / sum(${all})` }],
        unit: "percentunit",
        decimals: 2,
        thresholds: [["green"], ["orange", 0.01], ["red", 0.05]],
        noValue: "No data",
        width: 4,
        height: 9,
      }),
      timeSeries({
        title: "Drifted resources by space",
        description: "Drifted resources of each space; without the collector stacks, of the " +
          "whole account.",
        queries: [{ expr: `sum by (space) (${drifted})`, legend: "{{space}}" }],
        unit: "none",
        min: 0,
        stacked: true,
        width: 8,
        height: 9,
      }),
      driftedStacks(metrics),
    ],
  };
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
      { title: "Stack", from: "stack_name" },
      { title: "ID", from: "stack" },
      { title: "Space", from: "space_name" },
      { title: "Drifted resources", from: 1 },
      { title: "Resources", from: 2 },
    ],
    sortBy: "Drifted resources",
    noValue: "None",
    width: 12,
    height: 9,
  });
}
