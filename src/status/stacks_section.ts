import { STACKS_BY_STATE } from "../collectors/stacks/families.ts";
import type { StacksOverview } from "../collectors/stacks/overview.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findSamples } from "./find_samples.ts";
import { type Html, html } from "./html.ts";
import { bar } from "./bar.ts";
import { formatCount, shorten } from "./format.ts";
import { section } from "./section.ts";
import { stackLists } from "./stack_lists.ts";
import { table } from "./table.ts";

/** How many states are shown; those with the most stacks come first. */
const SHOWN = 20;

/** Stacks by state, and those that need care; without a walk only what the account's figures tell. */
export function stacksSection(
  reports: readonly Report[],
  overview: StacksOverview | undefined,
  now: number,
): Html {
  return section({
    id: "stacks",
    title: "Stacks",
    reports,
    collectors: overview === undefined ? ["stacks", "aggregates"] : ["stacks"],
    now,
    content: () => overview === undefined ? sums(reports) : walk(overview, now),
  });
}

function sums(reports: readonly Report[]): Html {
  const samples = findSamples(reports, STACKS_BY_STATE) ?? [];
  // An empty list of the API's means that it has no figures yet.
  if (samples.length === 0) return html`<p>No data.</p>`;
  const states = samples.map(({ labelValues: [, , state = ""], value }) => [state, value] as const);
  return html`
    ${statesTable(new Map(states))}
    <p>Which stacks failed, wait or have drifted is told by the collector "stacks" alone.</p>
  `;
}

function walk(overview: StacksOverview, now: number): Html {
  const { byState, omitted } = overview;
  return html`
    ${statesTable(byState)}
    ${omitted === 0 ? "" : html`
      <p>The limit of stacks leaves out at least ${formatCount(omitted)} more.</p>
    `}
    ${stackLists(overview, now)}
  `;
}

function statesTable(states: ReadonlyMap<string, number>): Html {
  if (states.size === 0) return html`<p>There are no stacks.</p>`;
  const total = [...states.values()].reduce((sum, count) => sum + count, 0);
  const mostFirst = [...states].sort(([, a], [, b]) => b - a);
  return table({
    caption: `Stacks by state: ${formatCount(total)}`,
    columns: [{ heading: "State" }, { heading: "Share" }, { heading: "Stacks", numeric: true }],
    rows: mostFirst.slice(0, SHOWN).map(([state, count]) => [
      shorten(state),
      bar([{ name: "share", value: count }], total),
      formatCount(count),
    ]),
    total: states.size,
  });
}
