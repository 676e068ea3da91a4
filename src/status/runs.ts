import { runs } from "../collectors/runs/collector.ts";
import type { RunLine, RunsOverview } from "../collectors/runs/overview.ts";
import type { Report } from "../scrape/collector_record.ts";
import { section } from "./condition.ts";
import { findRunsOverview } from "./figures.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { runUrl, type View } from "./links.ts";
import { counted, entry, formatAgo, formatCount, note, shorten } from "./parts.ts";

/** How many runs of each kind the page names. */
const SHOWN = 5;

/** Which runs are under way, which wait for whom, and which ended last. */
export function runsSection(reports: readonly Report[], view: View): Html {
  return section({
    id: "runs",
    title: "Runs",
    reports,
    collectors: [runs.name],
    now: view.now,
    content: () => content(findRunsOverview(reports), view),
  });
}

function content(overview: RunsOverview | undefined, view: View): Html {
  if (overview === undefined) return note("calm", "Not known.");
  const { waiting, queued, running, lastEnded, omitted } = overview;
  const ended = lastEnded.slice(0, SHOWN);
  return html`
    ${waiting.count + queued.count + running.count === 0 ? html`<p>No run is under way.</p>` : ""}
    <div class="runs">
      ${list("Waiting for a person", waiting.count, waiting.first, view)}
      ${list("Waiting for a worker", queued.count, queued.first, view)}
      ${list("Running now", running.count, running.first, view)}
      ${ended.length === 0
        ? html`<p>No run has ended recently.</p>`
        : html`<div><h3>Ended last</h3>${runLines(ended, view)}</div>`}
    </div>
    ${omitted === 0 ? "" : note(
      "warn",
      `A limit of runs leaves out at least ${counted(omitted, "more run")}.`,
    )}
  `;
}

/** Those that have been in their state longest come first; nothing where there are none. */
function list(title: string, count: number, runs: readonly RunLine[], view: View): HtmlValue {
  if (count === 0) return "";
  const shown = runs.slice(0, SHOWN);
  const more = count - shown.length;
  return html`
    <div>
      <h3>${title} <b>${formatCount(count)}</b></h3>
      ${runLines(shown, view)}
      ${more > 0 ? html`<p class="soft">And ${formatCount(more)} more.</p>` : ""}
    </div>
  `;
}

/** A line for each run. */
export function runLines(runs: readonly RunLine[], view: View): Html {
  return html`<ol class="lines">${runs.map((run) => line(run, view))}</ol>`;
}

function line(run: RunLine, { accountUrl, now }: View): Html {
  const { id, stack, space, type, state, isDriftDetection, since } = run;
  const title = shorten(stack || "A run without a stack");
  // The URL of a run without a stack is unknown.
  const name: HtmlValue = accountUrl === undefined || stack === ""
    ? title
    : html`<a href="${runUrl(accountUrl, stack, id)}">${title}</a>`;
  const about = [state, isDriftDetection ? "drift detection" : type, space]
    .filter((text) => text !== "").map((text) => shorten(text));
  const fact = since === null ? "unknown since when" : formatAgo(since, now);
  return entry(name, fact, about.join(", "));
}
