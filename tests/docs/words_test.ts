import assert from "node:assert/strict";
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
