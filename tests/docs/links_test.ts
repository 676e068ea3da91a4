import assert from "node:assert/strict";
import { posix } from "node:path";
import { DOCUMENTS, exists } from "./documents.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("documents: every local link leads to a file, and every anchor to a heading", async () => {
  const broken: string[] = [];
  let local = 0;
  for (const [path, text] of DOCUMENTS) {
    for (const target of linksIn(text)) {
      if (/^[a-z]+:/.test(target)) continue;
      local += 1;
      if (!await resolves(path, target)) broken.push(`${path}: ${target}`);
    }
  }
  assert.deepEqual(broken, [], "These lead nowhere");
  assert.ok(local > 50, `only ${local} local links were found`);
});

Deno.test("documents: every page can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    for (const target of linksIn(DOCUMENTS.get(path) ?? "")) {
      const linked = posix.join(posix.dirname(path), target.replace(/#.*/, ""));
      if (DOCUMENTS.has(linked)) reached.add(linked);
    }
  }
  const pages = [...DOCUMENTS.keys()].filter((path) => path.startsWith("docs/"));
  assert.ok(pages.length >= 10, `only ${pages.length} pages were found`);
  assert.deepEqual(pages.filter((path) => !reached.has(path)), []);
});

Deno.test("documents: anchors are those that GitHub gives", () => {
  const text = "# A `b` of C, D's (e)\n## `serve`\n## Same\n## Same\n```\n# no heading\n```";
  assert.deepEqual(anchorsOf(text), ["a-b-of-c-ds-e", "serve", "same", "same-1"]);
});

Deno.test("documents: every table is at most four columns wide", () => {
  for (const [path, text] of DOCUMENTS) {
    for (const [row] of text.matchAll(/^\| .*\|$/gm)) {
      const columns = row.replaceAll("\\|", "").split("|").length - 2;
      assert.ok(columns <= 4, `${path}: ${row}`);
    }
  }
});

function linksIn(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:href|src)="([^"]+)"/g)]
    .map(([, link, attribute]) => link ?? attribute ?? "");
}

async function resolves(from: string, target: string): Promise<boolean> {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file);
  if (!await exists(path)) return false;
  if (anchor === undefined) return true;
  return anchorsOf(await Deno.readTextFile(new URL(path, ROOT))).includes(anchor);
}

/** The anchors of a text's headings, those of generated parts included. */
function anchorsOf(text: string): string[] {
  const anchors: string[] = [];
  const seen = new Map<string, number>();
  for (const [, title = ""] of text.replaceAll(/^```[^]*?^```/gm, "").matchAll(/^#+ (.+)$/gm)) {
    const anchor = title.trim().toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.push(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}
