import assert from "node:assert/strict";
import { sourcePaths } from "../support/source_paths.ts";
import { DOCUMENTS, proseOf } from "./documents.ts";

const ROOT = new URL("../../", import.meta.url);

/** Words that made the documents hard to read, and what people say. */
const GLOSSARY: readonly { readonly avoid: RegExp; readonly use: string }[] = [
  { avoid: /\bbeside\b/i, use: "next to, in addition to" },
  { avoid: /\bbehind\b/i, use: "after" },
  { avoid: /\btells?\b/i, use: "reports, says, shows" },
  { avoid: /\banew\b/i, use: "again" },
  { avoid: /\bshall\b/i, use: "must" },
  { avoid: /\bfor ever\b/i, use: "forever" },
  { avoid: /\bPrometheis\b/i, use: "Prometheus servers" },
  { avoid: /\bruns that wait\b(?! for a (?:person|review))/i, use: "queued runs" },
  { avoid: /\bc[oa]mes? into (?:its|their) (?:\w+ )?state\b/i, use: "enters its state" },
  { avoid: /\bscrapers who\b/i, use: "scrapers that" },
  { avoid: /\bmend(?:s|ed)?\b/i, use: "fix" },
  { avoid: /\bto be had\b/i, use: "available" },
  { avoid: /\b(?:has|have|had) got\b/i, use: "has received" },
  { avoid: /\bgive or take\b/i, use: "plus or minus" },
  { avoid: /\bgr[eo]ws? old\b/i, use: "becomes stale" },
  { avoid: /\bfor so long\b/i, use: "for that long" },
  { avoid: /\blast words\b/i, use: "last report" },
  { avoid: /\b(?:is|are) asked (?:again|for)\b/i, use: "is requested, is retried" },
  { avoid: /\bneeds? a person\b/i, use: "needs attention" },
  { avoid: /\b(?:is|are) yours to\b/i, use: "you have to" },
  { avoid: /\bsingle stacks\b/i, use: "individual stacks" },
  { avoid: /\bby turns\b/i, use: "in turn" },
  { avoid: /\bpresent (?:token|state|version)\b/i, use: "current" },
  { avoid: /\bin place of\b/i, use: "instead of" },
  { avoid: /\bgive it or set\b/i, use: "set" },
  { avoid: /\bthose there are\b/i, use: "the list" },
];

/** What operators copy, with its comments and what alerts say. */
const EXAMPLES = new Map(
  await Array.fromAsync(textsIn("examples"), async (path) => {
    return [path, await Deno.readTextFile(new URL(path, ROOT))] as const;
  }),
);

async function* textsIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* textsIn(path);
    else if (/\.(?:md|ya?ml|tpl|txt|tf|rego|service)$/.test(name)) yield path;
  }
}

Deno.test("documents and examples: they are in the words of the field", () => {
  const found: string[] = [];
  assert.ok(EXAMPLES.size > 20, `only ${EXAMPLES.size} examples were found`);
  for (const [path, text] of [...DOCUMENTS, ...EXAMPLES]) {
    for (const paragraph of proseOf(text).split(/\n(?:\s*#)?\s*\n/)) {
      // A phrase may go on in the next line, of a comment too.
      const words = paragraph.replaceAll(/^\s*#+/gm, "").replaceAll(/\s+/g, " ");
      for (const { avoid, use } of GLOSSARY) {
        const [bad] = avoid.exec(words) ?? [];
        if (bad !== undefined) found.push(`${path}: "${bad}" in "${words}": say "${use}"`);
      }
    }
  }
  assert.deepEqual(found, []);
});

/** Words to avoid in the comments, messages and help texts of the program and its scripts. */
const IN_SOURCES: readonly { readonly avoid: RegExp; readonly use: string }[] = [
  ...GLOSSARY,
  { avoid: /\btold\b/i, use: "reported, known" },
  { avoid: /\bwhoever\b/i, use: "anyone who, or the role: the reader, the caller" },
  { avoid: /\bin vain\b/i, use: "without success" },
  { avoid: /\bknown no more\b/i, use: "outdated" },
  { avoid: /\bas far as that goes\b/i, use: "up to the first failure" },
  { avoid: /\bgo(?:es)? by the\b/i, use: "uses, follows" },
  { avoid: /\bit is looked\b/i, use: "checks" },
  { avoid: /\bnot to be had\b/i, use: "unavailable" },
  { avoid: /\blead on\b/i, use: "make progress" },
  { avoid: /\bwhat is not \w+ is\b/i, use: "a subject and a verb" },
];

Deno.test("sources: comments and messages are in the words of the field", async () => {
  const root = new URL("../../", import.meta.url);
  const found: string[] = [];
  for (const path of ["main.ts", ...await sourcePaths("src"), ...await sourcePaths("scripts")]) {
    const lines = (await Deno.readTextFile(new URL(path, root))).split("\n");
    for (const [index, line] of lines.entries()) {
      for (const { avoid, use } of IN_SOURCES) {
        if (avoid.test(line)) found.push(`${path}:${index + 1}: "${line.trim()}": say "${use}"`);
      }
    }
  }
  assert.deepEqual(found, []);
});
