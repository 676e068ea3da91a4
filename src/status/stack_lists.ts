import type { StackLine, StackList, StacksOverview } from "../collectors/stacks/overview.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { formatAgo, formatCount, shorten } from "./format.ts";
import { type Column, table } from "./table.ts";

/** The stacks that need care, by what is wrong with them. */
export function stackLists({ failed, waiting, drifted }: StacksOverview, now: number): Html {
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
