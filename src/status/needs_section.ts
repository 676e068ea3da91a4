import type { StackLine } from "../collectors/stacks/overview.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { stackUrl, type View } from "./links.ts";
import { findUnknown, type Known, type Need, sayNeeds } from "./needs.ts";
import { counted, entry, formatAgo, formatCount, mark, note, shorten } from "./parts.ts";
import { describeWorkers, type Pool } from "./pools.ts";
import { runLines } from "./runs.ts";

/** How many stacks or pools the page names in each card. */
const SHOWN = 5;

const TITLES = {
  waiting: "Waiting for a worker",
  "to review": "Waiting for a person",
  failed: "Failed",
  unconfirmed: "Unconfirmed",
  drifted: "Drifted",
} as const;

/** What needs attention: one sentence, and a card for each kind of need. */
export function needsSection(known: Known & View, needs: readonly Need[]): Html {
  const unknown = findUnknown(known);
  const isBlind = known.reports.every(({ data }) => data === undefined);
  return html`
    <section aria-labelledby="needs">
      <h2 id="needs" class="headline">${headline(needs, unknown, isBlind)}</h2>
      ${unknown.length === 0 || isBlind ? "" : note("calm", `Not known: ${unknown.join("; ")}.`)}
      <div class="cards">${needs.map((need) => card(need, known))}</div>
    </section>
  `;
}

function headline(needs: readonly Need[], unknown: readonly string[], isBlind: boolean): string {
  if (isBlind) return "Whether anything needs attention is not known.";
  if (needs.length > 0) return sayNeeds(needs);
  return unknown.length === 0
    ? "Nothing needs attention now."
    : "As far as is known, nothing needs attention now.";
}

/** Every stack in one kind of need. */
export function fullList(need: Need, view: View): Html {
  return html`
    <section aria-labelledby="${need.name}">
      <h2 id="${need.name}">${titleOf(need)}: ${counted(need.amount, need.thing)}</h2>
      <p class="soft">${need.remark}</p>
      ${list((need.stacks ?? []).map((stack) => stackLine(need, stack, view)))}
    </section>
  `;
}

function card(need: Need, view: View): Html {
  const { name, amount, tone, remark, pools = [], runs = [], stacks = [] } = need;
  const id = name.replace(" ", "-");
  const lines = [
    ...pools.slice(0, SHOWN).map(poolLine),
    ...stacks.slice(0, SHOWN).map((stack) => stackLine(need, stack, view)),
  ];
  const total = pools.length + stacks.length;
  return html`
    <section class="card ${tone}" aria-labelledby="${id}">
      <h3 id="${id}">${mark(tone)} ${titleOf(need)} <b>${formatCount(amount)}</b></h3>
      <p class="soft">${remark}</p>
      ${list(lines)}
      ${runs.length === 0 ? "" : runLines(runs.slice(0, SHOWN), view)}
      ${total > lines.length ? all(name, total) : ""}
    </section>
  `;
}

function list(lines: readonly Html[]): HtmlValue {
  return lines.length === 0 ? "" : html`<ol class="lines">${lines}</ol>`;
}

function titleOf({ name, thing }: Need): string {
  return thing === "resource" ? "Drifted resources" : TITLES[name];
}

function all(name: Need["name"], total: number): Html {
  return name === "waiting"
    ? html`<p><a href="?all=pools">All worker pools</a></p>`
    : html`<p><a href="?all=${name}">All ${formatCount(total)} ${name} stacks</a></p>`;
}

function poolLine(pool: Pool): Html {
  return entry(shorten(pool.name), `${formatCount(pool.pending)} waiting`, describeWorkers(pool));
}

function stackLine(need: Need, stack: StackLine, { accountUrl, now }: View): Html {
  const { id, name, space } = stack;
  const title = shorten(name || id);
  const shown: HtmlValue = accountUrl === undefined
    ? title
    : html`<a href="${stackUrl(accountUrl, id)}">${title}</a>`;
  const about = [space, name === "" ? "" : id].filter((text) => text !== "").map((text) =>
    shorten(text)
  );
  return entry(shown, fact(need, stack, now), about.join(", "));
}

function fact(need: Need, { since, driftedResources }: StackLine, now: number): HtmlValue {
  if (need.name === "drifted") {
    return driftedResources === undefined ? "not counted" : counted(driftedResources, "resource");
  }
  return since === null ? "unknown since when" : formatAgo(since, now);
}
