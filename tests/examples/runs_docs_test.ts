import assert from "node:assert/strict";
import { runs } from "../../src/collectors/runs/collector.ts";
import { flagsOf } from "../../src/cli/flags.ts";
import { knownSeries } from "./known_series.ts";
import { labelsOf } from "./promql.ts";

const TEXT = await Deno.readTextFile("docs/runs.md");

/** Without the white space that pads the columns of tables. */
const TABLES = TEXT.replaceAll(/ +/g, " ");

Deno.test("docs/runs.md: every query is one, of metrics and labels that exist", () => {
  const [, block = ""] = /```promql\n([^]*?)```/.exec(TEXT) ?? [];
  const known = knownSeries();
  // Two queries that stand together share one heading.
  const queries = block.split(/\n\n|\n(?=time\(\))/)
    .map((query) => query.replaceAll(/^#.*$/gm, "").trim()).filter((query) => query !== "");
  assert.ok(queries.length > 7, `${queries.length} queries`);
  for (const query of queries) labelsOf(query, known);
});

Deno.test("docs/runs.md: every metric of the collector is explained, with its labels", () => {
  for (const { name, labels } of runs.families) {
    const listed = labels.map((label) => `\`${label}\``).join(", ");
    assert.ok(TABLES.includes(`| \`${name}\` | ${listed === "" ? "" : `${listed} `}| `), name);
  }
});

Deno.test("docs/runs.md: every flag in it exists", () => {
  const known = new Set(flagsOf("serve").map(({ name }) => `--${name}`));
  const named = [...TEXT.matchAll(/(--(?:runs|webhook)[a-z.-]*[a-z])/g)].map(([, name = ""]) =>
    name
  );
  assert.ok(named.length > 8);
  for (const name of named) assert.ok(known.has(name), `${name} does not exist`);
});
