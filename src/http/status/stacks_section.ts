import { STACKS_BY_STATE } from "../../collectors/stack_families.ts";
import type { StackList, StacksOverview } from "../../collectors/stacks_overview.ts";
import type { Report } from "../../scrape/collector_record.ts";
import { findSamples } from "../../scrape/lookup.ts";
import { type Html, html } from "../html.ts";
import { bar } from "./bar.ts";
import { formatAgo, formatCount } from "./format.ts";
import { table } from "./table.ts";

/** Stacks by state, and those that need care; without a walk only what the account's figures tell. */
export function stacksSection(
  reports: readonly Report[],
  overview: StacksOverview | undefined,
  now: number,
): Html {
  const states = [...(overview?.byState ?? accountStates(reports))].sort((a, b) => b[1] - a[1]);
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  return html`
    <section aria-labelledby="stacks">
      <h2 id="stacks">Stacks</h2>
      ${states.length === 0 ? html`<p>No stack is known.</p>` : table(
        `${formatCount(total)} stacks by state`,
        [{ heading: "State" }, { heading: "Share" }, { heading: "Stacks", numeric: true }],
        states.map(([state, count]) => [
          state,
          bar([{ name: "share", value: count }], total),
          formatCount(count),
        ]),
      )}
      ${overview === undefined ? "" : [
        stackList("Failed stacks", overview.failed, now),
        stackList("Stacks waiting for a person", overview.waiting, now),
        stackList("Drifted stacks", overview.drifted, now),
      ]}
    </section>
  `;
}

function stackList(title: string, { count, longest }: StackList, now: number): Html {
  if (count === 0) {
    return html`
      <h3>${title}</h3>
      <p>None.</p>
    `;
  }
  const more = count - longest.length;
  return html`
    <h3>${title}</h3>
    ${table(
      `${title}: ${formatCount(count)}`,
      [{ heading: "Stack" }, { heading: "Space" }, { heading: "State" }, {
        heading: "In this state since",
      }],
      longest.map(({ id, name, space, state, since }) => [
        html`<span title="${id}">${name || id}</span>`,
        space,
        state,
        since === null ? "" : formatAgo(since, now),
      ]),
    )}
    ${more === 0 ? "" : html`<p>And ${formatCount(more)} more.</p>`}
  `;
}

function accountStates(reports: readonly Report[]): Map<string, number> {
  const samples = findSamples(reports, STACKS_BY_STATE) ?? [];
  return new Map(samples.map(({ labelValues: [, , state = ""], value }) => [state, value]));
}
