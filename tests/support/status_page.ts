import { stacks } from "../../src/collectors/stacks/collector.ts";
import { eventually } from "./eventually.ts";
import { FakeClock } from "./fake_clock.ts";
import type { TestExporter } from "./start_exporter.ts";

/** The status page as a reader finds it. */
export interface StatusPage {
  readonly html: string;
  /** Everything outside tags, with single spaces. */
  readonly text: string;
  /** Whether the data is good, in a sentence, and what more is said of it. */
  readonly verdict: readonly string[];
  /** The sentence on what needs attention; empty where a page has none. */
  readonly headline: string;
  /** What needs attention, by its title. */
  readonly cards: ReadonlyMap<string, Card>;
  /** The text of each section of the account under its heading, by the heading. */
  readonly sections: ReadonlyMap<string, string>;
  /** Pool, waiting runs and other figures of each worker pool. */
  readonly pools: readonly (readonly string[])[];
  /** Each group of states with what is in it. */
  readonly states: readonly (readonly string[])[];
  /** A line for each collector. */
  readonly inside: readonly string[];
}

/** One kind of need: how many, what is said of them all, and of each: name, fact and more. */
export interface Card {
  readonly amount: string;
  readonly remark: string;
  readonly lines: readonly (readonly string[])[];
}

/** Asks an exporter for its status page and reads it. */
export async function readStatusPage(test: TestExporter, path = "/"): Promise<StatusPage> {
  const response = await test.get({}, path);
  return parseStatusPage(await response.text());
}

/** Reads a status page. */
export function parseStatusPage(html: string): StatusPage {
  const [body = ""] = elements(html, "body");
  const cards = elements(body, "section", 'class="card ').map((card) => {
    const [heading = ""] = elements(card, "h3");
    const [amount = ""] = elements(heading, "b");
    const title = toText(heading.replace(/<b>.*<\/b>/s, ""));
    return [title, { amount, remark: texts(card, "p")[0] ?? "", lines: readLines(card) }] as const;
  });
  const sections = ["pools", "runs", "stacks", "billing"].map((id) => {
    const [section = ""] = elements(body, "section", `aria-labelledby="${id}"`);
    const [title = ""] = texts(section, "h2");
    return [title, toText(section.replace(/<h2.*?<\/h2>/s, ""))] as const;
  });
  const [pools = ""] = elements(body, "ul", 'class="pools"');
  const [states = ""] = elements(body, "dl");
  const [inside = ""] = elements(body, "ul", 'class="inside"');
  const [verdict = ""] = elements(body, "div", 'class="verdict ');
  return {
    html,
    text: toText(body),
    verdict: texts(verdict, "p"),
    headline: toText(elements(body, "h2", 'id="needs"')[0] ?? ""),
    cards: new Map(cards),
    sections: new Map(sections),
    pools: elements(pools, "li").map((pool) => texts(pool, "span")),
    states: elements(states, "div").map((group) => texts(group, "d[td]")),
    inside: texts(inside, "li"),
  };
}

/** Name, fact and more of each line in a list of stacks or pools. */
export function readLines(html: string): string[][] {
  const [list = ""] = elements(html, "ol");
  return elements(list, "li").map((line) => texts(line, "span"));
}

/** Where the links of a page lead, as they are written. */
export function linksOf(html: string): string[] {
  return [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = ""]) => toText(href));
}

/** Lets an exporter walk over the stacks until the walk is done; dispose of the result to stop it. */
export async function startWalking(test: TestExporter): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  const background = test.exporter.background(stopping.signal);
  let asked = -1;
  const walked = async () => {
    if (test.peek(stacks.name)?.data !== undefined) return true;
    const { requests } = test.demo;
    // A long walk paces itself, and faked time does not pass by itself.
    const isLong = requests.count() > 10;
    const isResting = isLong && requests.inFlight === 0 && requests.count() === asked;
    if (isResting && test.clock instanceof FakeClock) await test.clock.advance(250);
    asked = requests.count();
    return false;
  };
  await eventually(walked, "The stacks were not walked");
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await background;
    },
  };
}

/** HTML as plain text; tags within a sentence leave no space behind. */
export function toText(html: string): string {
  return html.replaceAll(/<\/?(?:a|b|code|small|span|time)\b[^>]*>/g, "").replaceAll(
    /<[^>]*>/g,
    " ",
  ).replaceAll(/\s+/g, " ").trim()
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function texts(html: string, name: string): string[] {
  return elements(html, name).map(toText);
}

/** What is inside the elements of a name; `attribute` is how their first attribute begins. */
function elements(html: string, name: string, attribute = ""): string[] {
  const start = attribute === "" ? "(?: [^>]*)?" : ` ${attribute}[^>]*`;
  const pattern = new RegExp(`<(${name})${start}>(.*?)</\\1>`, "gs");
  return [...html.matchAll(pattern)].map(([, , content = ""]) => content);
}
