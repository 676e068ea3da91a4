import type { Metrics } from "../metric_names.ts";
import { resourcesByDrift, stacksByState, sumOrZero, withNames } from "./account_figures.ts";
import { type Panel, type Row, stat, type Threshold } from "./panel.ts";
import { fullPools, poolsTable, waitingRuns } from "./pool_figures.ts";
import { table } from "./table.ts";
import { SPACE, STACK_LINK, statusPage } from "./variables.ts";

const SIZE = { width: 4, height: 4, unit: "none", noValue: "Not known" } as const;
const BAD: readonly Threshold[] = [["green"], ["red", 1]];
const WORRYING: readonly Threshold[] = [["green"], ["orange", 1]];
const PLAIN = { thresholds: [["text"]] } as const;

/** What the first screen of the status page says: whether the data is good, and who is needed. */
export function needs(metrics: Metrics): Row {
  const stacksIn = (state: string) =>
    sumOrZero(stacksByState(metrics, { state: `="${state}"` }), stacksByState(metrics));
  const drifted = resourcesByDrift(metrics, { state: '="DRIFTED"' });
  const success = metrics.select("spacelift_scrape_collector_success");
  return {
    title: "What needs attention now",
    panels: [
      stat({
        ...SIZE,
        title: "Data from Spacelift",
        description: "Whether every collector got its data. Which one did not, and why: see the " +
          "row on the exporter, or the status page.",
        queries: [{ expr: `min(${success})` }],
        texts: {
          1: { text: "Good", color: "green" },
          0: { text: "Old or missing", color: "red" },
        },
        noValue: "No exporter",
        link: statusPage(),
      }),
      stat({
        ...SIZE,
        title: "Waiting for a worker",
        description: "Runs in the chosen worker pools, and in the public one, that have no free " +
          "worker, and how many such pools there are.",
        queries: [
          { expr: waitingRuns(metrics), legend: "Runs" },
          { expr: fullPools(metrics), legend: "Pools", look: PLAIN },
        ],
        thresholds: WORRYING,
        link: statusPage("pools"),
      }),
      stat({
        ...SIZE,
        title: "Failed stacks",
        description: "Stacks whose last run failed, and how many of them did in the last hour.",
        queries: [
          { expr: stacksIn("FAILED"), legend: "Failed" },
          { expr: recent(metrics, "FAILED"), legend: "In the last hour", look: PLAIN },
        ],
        thresholds: BAD,
        link: statusPage("failed"),
      }),
      stat({
        ...SIZE,
        title: "Unconfirmed stacks",
        description: "Stacks with a run that somebody has to confirm or discard, and how many " +
          "entered that state in the last hour.",
        queries: [
          { expr: stacksIn("UNCONFIRMED"), legend: "Unconfirmed" },
          { expr: recent(metrics, "UNCONFIRMED"), legend: "In the last hour", look: PLAIN },
        ],
        thresholds: WORRYING,
        link: statusPage("unconfirmed"),
      }),
      stat({
        ...SIZE,
        title: "Drifted",
        description: "Stacks that differ from their code, and their resources that do.",
        queries: [
          { expr: `sum(max by (job, space, stack) (${driftedStacks(metrics)}))`, legend: "Stacks" },
          {
            expr: sumOrZero(drifted, resourcesByDrift(metrics)),
            legend: "Resources",
            look: PLAIN,
          },
        ],
        thresholds: WORRYING,
        link: statusPage("drifted"),
      }),
      stat({
        ...SIZE,
        title: "Billing period",
        description: "How much of the billing period has passed, and how much is used of the " +
          "public minutes that rules.yaml says are allowed.",
        queries: [{ expr: passed(metrics), legend: "Passed" }, {
          expr: publicShare(metrics),
          legend: "Used of allowed",
          look: { thresholds: [["green"], ["orange", 0.9], ["red", 1]] },
        }],
        unit: "percentunit",
        thresholds: [["text"]],
        link: statusPage(),
        noValue: "No billing",
      }),
      attention(metrics),
      poolsTable(metrics, { width: 11, height: 9 }),
    ],
  };
}

function driftedStacks({ select }: Metrics): string {
  return select("spacelift_stack_drifted", SPACE);
}

function sinceWhen({ select }: Metrics): string {
  return `max by (job, space, stack) (${select("spacelift_stack_state_timestamp_seconds", SPACE)})`;
}

/**
 * How many stacks came into a state in the last hour; nothing if the server does not report when.
 */
function recent(metrics: Metrics, state: string): string {
  const since = sinceWhen(metrics);
  const stacks = stacksByState(metrics, { stack: '!=""', state: `="${state}"` });
  return sumOrZero(
    `${stacks} * on (job, space, stack) group_left () (time() - ${since} < bool 3600)`,
    since,
  );
}

function passed({ select }: Metrics): string {
  const [start, end] = ["start", "end"].map((which) =>
    `max(${select(`spacelift_current_billing_period_${which}_timestamp_seconds`)})`
  );
  return `(time() - ${start}) / (${end} - ${start} > 0)`;
}

function publicShare({ select, allowed }: Metrics): string {
  const used = `max(${select("spacelift_current_billing_period_used_public_seconds")})`;
  return `${used} / ${allowed("public")}`;
}

/** Failed and waiting stacks with since when; a server may not report the latter. */
function attention(metrics: Metrics): Panel {
  const since = sinceWhen(metrics);
  const waiting = stacksByState(metrics, { stack: '!=""', state: '=~"FAILED|UNCONFIRMED"' });
  const known = `${waiting} * on (job, space, stack) group_left ()`;
  return table({
    title: "Failed and unconfirmed stacks",
    description: "The newest first. Needs the collector stacks.",
    queries: [{ expr: withNames(metrics, `(${known} ${since} * 1000 or ${waiting} * 0)`) }],
    columns: [
      { title: "Stack", from: "stack_name", link: STACK_LINK },
      { title: "ID", from: "stack", link: STACK_LINK },
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
    ],
    sortBy: "Since",
    noValue: "None",
    width: 13,
    height: 9,
  });
}
