import assert from "node:assert/strict";
import { sourcePaths } from "../support/source_paths.ts";
import { DOCUMENTS, proseOf } from "./documents.ts";

/** Words that made the documents hard to read, and what people say. */
const GLOSSARY: readonly { readonly avoid: RegExp; readonly use: string }[] = [
  { avoid: /\bbeside\b/i, use: "next to, in addition to" },
  { avoid: /\bbehind\b/i, use: "after" },
  { avoid: /\btells?\b/i, use: "reports, says, shows" },
  { avoid: /\banew\b/i, use: "again" },
  { avoid: /\bshall\b/i, use: "must" },
  { avoid: /\bfor ever\b/i, use: "forever" },
  { avoid: /\bPrometheis\b/i, use: "Prometheus servers" },
  { avoid: /\bruns that wait\b/i, use: "queued runs" },
  { avoid: /\bc[oa]mes? into (?:its|their) (?:\w+ )?state\b/i, use: "enters its state" },
  { avoid: /\bscrapers who\b/i, use: "scrapers that" },
];

Deno.test("documents: they are in the words of the field", () => {
  const found: string[] = [];
  for (const [path, text] of DOCUMENTS) {
    for (const [line] of proseOf(text).matchAll(/^.*$/gm)) {
      for (const { avoid, use } of GLOSSARY) {
        if (avoid.test(line)) found.push(`${path}: "${line.trim()}": say "${use}"`);
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
