import assert from "node:assert/strict";
import { CATALOGUE } from "../../src/app/catalogue.ts";
import { knownSeries } from "../examples/known_series.ts";
import { DOCUMENTS } from "./documents.ts";

Deno.test("documents: every metric that they name exists", () => {
  const known = knownSeries();
  const unknown: string[] = [];
  let named = 0;
  for (const [path, text] of DOCUMENTS) {
    for (const [name] of text.matchAll(/\bspacelift_[a-z0-9_]*[a-z0-9]\b(?![_*.-])/g)) {
      named += 1;
      // A histogram is named as a whole, too.
      if (known(name) === undefined && !CATALOGUE.has(name)) unknown.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(unknown, [], "The exporter has none of that name");
  assert.ok(named > 100, `only ${named} names were found`);
});
