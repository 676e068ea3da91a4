import type { Report } from "../scrape/collector_record.ts";
import { billingSection } from "./billing.ts";
import { findStacksOverview } from "./figures.ts";
import { insideSection, judge, type Verdict } from "./health.ts";
import { Html, html } from "./html.ts";
import { findNeeds, type Need } from "./needs.ts";
import { fullList, needsSection } from "./needs_section.ts";
import { capitalize, formatCount, formatTime, mark, MARKS, note, type Tone } from "./parts.ts";
import { poolsSection } from "./pools.ts";
import { runsSection } from "./runs.ts";
import { stacksSection } from "./stacks.ts";
import { CONTENT_SECURITY_POLICY, faviconOf, STYLE } from "./style.ts";

/** What the page shows, all of it from memory. */
export interface Status {
  /** The account's host. */
  readonly account: string;
  /** Where people open the account; undefined when that is not known. */
  readonly accountUrl: URL | undefined;
  /** Whether the account is made up. */
  readonly simulated: boolean;
  readonly reports: readonly Report[];
  /** Unix seconds. */
  readonly now: number;
}

/** How often a browser reads the page again, in seconds. */
const REFRESH = 30;

/** Answers `GET /`: a page on the account and its exporter, from memory alone. */
export function statusRoute(read: () => Status): (request: { readonly url: string }) => Response {
  return ({ url }) => {
    const query = URL.parse(url, "http://exporter.invalid")?.searchParams;
    const paused = query?.get("refresh") === "off";
    const response = new Response(statusPage(read(), query?.get("all") ?? "", paused), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    });
    if (!paused) response.headers.set("refresh", String(REFRESH));
    return response;
  };
}

/** The status page as an HTML document; `all` names the list that is shown whole. */
function statusPage(status: Status, all: string, paused: boolean): string {
  const { account, simulated, reports, now } = status;
  const verdict = judge(reports, now);
  const needs = findNeeds(status);
  const tone = worst([verdict.tone, ...needs.map((need) => need.tone)]);
  const title = [verdict.short, ...needs.map(sayShortly)].filter((text) => text !== "").join(", ");
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title || "All is well"} - ${simulated ? "Simulated account" : account}</title>
        <link rel="icon" href="${faviconOf(tone)}">
        <style>${new Html(STYLE)}</style>
      </head>
      <body>
        ${MARKS}
        ${header(status, all, paused)}
        <main>
          ${verdictLine(verdict)}
          ${whole(status, all, needs) ?? overviewOf(status, needs)}
        </main>
      </body>
    </html>
  `;
  return page.text;
}

function header(
  { account, accountUrl, simulated, now }: Status,
  all: string,
  paused: boolean,
): Html {
  const time = formatTime(now);
  const name = accountUrl === undefined
    ? account
    : html`<a href="${accountUrl.href}">${account}</a>`;
  const other = `/?${new URLSearchParams({
    ...(all === "" ? {} : { all }),
    ...(paused ? {} : { refresh: "off" }),
  })}`;
  return html`
    <header>
      <h1>${simulated ? "Simulated account" : name}</h1>
      <p class="soft">Spacelift Prometheus Exporter, ${time}. ${paused
        ? html`<a href="${other}">Refresh every ${REFRESH} s</a>`
        : html`Refreshes every ${REFRESH} s, <a href="${other}">stop</a>`}</p>
      ${simulated
        ? html`<p class="demo">This account is made up by the command
          <code>demo</code>: nothing here is real.</p>`
        : ""}
    </header>
  `;
}

function verdictLine({ tone, headline, details }: Verdict): Html {
  return html`
    <div class="verdict ${tone}">
      <p>${mark(tone)} <span>${headline}</span></p>
      ${details.map((detail) => html`<p class="detail">${detail}</p>`)}
    </div>
  `;
}

/** One list from its first entry to its last; undefined when `all` names none. */
function whole(status: Status, all: string, needs: readonly Need[]): Html | undefined {
  const back = html`<p class="back"><a href="/">Back to the whole account</a></p>`;
  if (all === "pools") return html`${back}${poolsSection(status.reports, status.now, true)}`;
  if (all !== "failed" && all !== "unconfirmed" && all !== "drifted") return undefined;
  const need = needs.find(({ name }) => name === all);
  if (need !== undefined) return html`${back}${fullList(need, status)}`;
  const answer = findStacksOverview(status.reports)?.[all] === undefined ? "not known" : "none";
  return html`${back}${note("calm", `${capitalize(all)} stacks: ${answer}.`)}`;
}

function overviewOf(status: Status, needs: readonly Need[]): Html {
  const { reports, now } = status;
  return html`
    ${needsSection(status, needs)}
    <div class="account">
      <div>
        ${poolsSection(reports, now, false)}
      </div>
      <div>
        ${stacksSection(reports, now)}
        ${billingSection(reports, now)}
      </div>
    </div>
    ${runsSection(reports, status)}
    ${insideSection(reports, now)}
  `;
}

function sayShortly({ name, amount }: Need): string {
  return `${formatCount(amount)} ${name}`;
}

function worst(tones: readonly Tone[]): Tone {
  return (["bad", "warn", "calm"] as const).find((tone) => tones.includes(tone)) ?? "good";
}
