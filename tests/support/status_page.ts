import { stacks } from "../../src/collectors/stacks/collector.ts";
import { eventually } from "./eventually.ts";
import type { TestExporter } from "./start_exporter.ts";

/** The status page as a reader finds it. */
export interface StatusPage {
  readonly html: string;
  /** Everything outside tags, with single spaces. */
  readonly text: string;
  /** The cells of each table's body, row by row, by the table's caption. */
  readonly tables: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** Asks an exporter for its status page and reads it. */
export async function readStatusPage(test: TestExporter): Promise<StatusPage> {
  const response = await test.get({}, "/");
  return parseStatusPage(await response.text());
}

/** Reads a status page. */
export function parseStatusPage(html: string): StatusPage {
  const tables = elements(html, "table").map((table) => {
    const [caption = ""] = elements(table, "caption");
    const [body = ""] = elements(table, "tbody");
    const rows = elements(body, "tr").map((row) => elements(row, "t[hd]").map(toText));
    return [toText(caption), rows] as const;
  });
  const [body = ""] = elements(html, "body");
  return { html, text: toText(body), tables: new Map(tables) };
}

/** Lets an exporter walk over the stacks until the walk is done; dispose of the result to stop it. */
export async function startWalking(test: TestExporter): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  const background = test.exporter.background(stopping.signal);
  const walked = () => test.peek(stacks.name)?.data !== undefined;
  await eventually(walked, "The stacks were not walked", 60_000);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await background;
    },
  };
}

/** HTML as plain text; tags within a sentence leave no space behind. */
export function toText(html: string): string {
  return html.replaceAll(/<\/?(?:a|small|span|strong|time)\b[^>]*>/g, "").replaceAll(
    /<[^>]*>/g,
    " ",
  ).replaceAll(/\s+/g, " ").trim()
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

function elements(html: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, "gs");
  return [...html.matchAll(pattern)].map(([, content = ""]) => content);
}
