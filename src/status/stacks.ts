import { aggregates } from "../collectors/aggregates.ts";
import { stacks } from "../collectors/stacks/collector.ts";
import type { Report } from "../scrape/collector_record.ts";
import { section } from "./condition.ts";
import { findSamples, findStacksOverview } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { bar, counted, formatCount, note, shorten } from "./parts.ts";

/** What the states of a group have in common; the name is the class that gives its colour. */
const GROUPS = [
  { name: "trouble", title: "Trouble", states: ["FAILED"] },
  { name: "person", title: "Waiting for a person", states: ["UNCONFIRMED", "PENDING_REVIEW"] },
  {
    name: "progress",
    title: "In progress",
    states: [
      "QUEUED",
      "PENDING",
      "READY",
      "PREPARING",
      "INITIALIZING",
      "PLANNING",
      "CONFIRMED",
      "PREPARING_APPLY",
      "APPLYING",
      "PERFORMING",
      "DESTROYING",
      "REPLAN_REQUESTED",
      "PREPARING_REPLAN",
    ],
  },
  {
    name: "rest",
    title: "At rest",
    states: ["FINISHED", "DISCARDED", "STOPPED", "CANCELED", "SKIPPED", "NONE"],
  },
  { name: "other", title: "Other", states: [] },
] as const;

const GROUP_OF: ReadonlyMap<string, typeof GROUPS[number]["name"]> = new Map(
  GROUPS.flatMap(({ name, states }) => states.map((state) => [state, name] as const)),
);

/** How many states of a group are named; those with the most stacks come first. */
const SHOWN = 12;

/** Stacks by state; without a walk only the account's totals. */
export function stacksSection(reports: readonly Report[], now: number): Html {
  const overview = findStacksOverview(reports);
  return section({
    id: "stacks",
    title: "Stacks",
    reports,
    collectors: overview === undefined ? [stacks.name, aggregates.name] : [stacks.name],
    now,
    content: () =>
      html`
        ${groups(readStates(reports))}
        ${overview === undefined || overview.omitted === 0 ? "" : note(
          "warn",
          `The limit of stacks leaves out at least ${counted(overview.omitted, "more stack")}.`,
        )}
      `,
  });
}

/** How many stacks are in which state; undefined when nobody knows. */
export function readStates(reports: readonly Report[]): ReadonlyMap<string, number> | undefined {
  const overview = findStacksOverview(reports);
  if (overview !== undefined) return overview.byState;
  const samples = findSamples(reports, aggregates.metrics.stacksByState) ?? [];
  // An empty list of the API's means that it has no figures yet.
  if (samples.length === 0) return undefined;
  return new Map(samples.map(({ labelValues: [, , state = ""], value }) => [state, value]));
}

function groups(states: ReadonlyMap<string, number> | undefined): Html {
  if (states === undefined) return note("calm", "The account has no figures yet.");
  const total = sum(states);
  if (total === 0) return html`<p>There are no stacks.</p>`;
  const byGroup = Map.groupBy(states, ([state]) => GROUP_OF.get(state) ?? "other");
  const present = GROUPS.flatMap(({ name, title }) => {
    const members = byGroup.get(name);
    return members === undefined ? [] : [{ name, title, members, amount: sum(members) }];
  });
  // A single failed stack among thousands has to be seen.
  const least = total / 100;
  const parts = present.map(({ name, amount }) => ({ name, value: Math.max(amount, least) }));
  return html`
    ${bar(parts, parts.reduce((whole, { value }) => whole + value, 0))}
    <dl class="groups">${present.map(({ name, title, members, amount }) =>
      html`
        <div>
          <dt>${bar([{ name, value: 1 }], 1)} ${title}</dt>
          <dd><b>${formatCount(amount)}</b> <span class="soft">${describe(members)}</span></dd>
        </div>
      `
    )}</dl>
    <p class="soft">${counted(total, "stack")} in all.</p>
  `;
}

function describe(members: readonly (readonly [string, number])[]): string {
  const mostFirst = members.toSorted(([, a], [, b]) => b - a);
  const named = mostFirst.slice(0, SHOWN).map(([state, count]) =>
    members.length === 1 ? shorten(state, 40) : `${shorten(state, 40)}\u00a0${formatCount(count)}`
  );
  const more = members.length - named.length;
  return [...named, ...(more > 0 ? [`${counted(more, "more state")}`] : [])].join(", ");
}

function sum(states: Iterable<readonly [string, number]>): number {
  let total = 0;
  for (const [, count] of states) total += count;
  return total;
}
