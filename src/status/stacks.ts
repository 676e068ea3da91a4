import { aggregates } from "../collectors/aggregates.ts";
import { stacks } from "../collectors/stacks/collector.ts";
import { type StackLine, type StackList, StacksOverview } from "../collectors/stacks/overview.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findSamples } from "./figures.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { bar, type Column, formatAgo, formatCount, section, shorten, table } from "./parts.ts";

/** How many states are shown; those with the most stacks come first. */
const SHOWN = 20;

/** Stacks by state, and those that need care; without a walk only what the account's figures tell. */
export function stacksSection(reports: readonly Report[], now: number): Html {
  const overview = reports.map(({ data }) => data?.overview)
    .find((overview) => overview instanceof StacksOverview);
  return section({
    id: "stacks",
    title: "Stacks",
    reports,
    collectors: overview === undefined ? [stacks.name, aggregates.name] : [stacks.name],
    now,
    content: () => overview === undefined ? sums(reports) : walk(overview, now),
  });
}

function sums(reports: readonly Report[]): Html {
  const samples = findSamples(reports, aggregates.metrics.stacksByState) ?? [];
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

/** The stacks that need care, by what is wrong with them. */
function stackLists({ failed, waiting, drifted }: StacksOverview, now: number): Html {
  const since = {
    heading: "Since",
    value: ({ since }: StackLine) => since === null ? "unknown" : formatAgo(since, now),
  };
  const resources = {
    heading: "Drifted resources",
    numeric: true,
    value: ({ driftedResources }: StackLine) => formatCount(driftedResources),
  };
  return html`
    ${list("Failed stacks", failed, since)}
    ${list("Stacks waiting for a person", waiting, since)}
    ${drifted === undefined
      ? html`<p>This installation does not tell which stacks have drifted.</p>`
      : list("Drifted stacks", drifted, resources)}
  `;
}

function list(
  title: string,
  { count, worst }: StackList,
  last: Column & { value: (stack: StackLine) => HtmlValue },
): Html {
  if (count === 0) return html`<p>${title}: none.</p>`;
  return table({
    caption: `${title}: ${formatCount(count)}`,
    columns: [{ heading: "Stack" }, { heading: "Space" }, last],
    rows: worst.map((stack) => [fullName(stack), shorten(stack.space), last.value(stack)]),
    total: count,
  });
}

/** The name, which need not be unique, with the id where that says more. */
function fullName({ id, name }: StackLine): HtmlValue {
  if (name === "" || name === id) return shorten(id);
  return html`${shorten(name)} <small>${shorten(id)}</small>`;
}
