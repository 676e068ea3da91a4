import assert from "node:assert/strict";
import { findDrift, GENERATED_PARTS, markdownTable, writeParts } from "../../scripts/docs.ts";
import { CATALOGUE } from "../../src/app/catalogue.ts";
import { environmentVariable } from "../../src/cli/flag.ts";
import { flagsOf } from "../../src/cli/flags.ts";

const PARTS = [
  { name: "one", render: () => "first" },
  { name: "two", render: () => "$& second\n" },
];

const EMPTY = [
  "# Title",
  "<!-- generated:one --><!-- /generated:one -->",
  "<!-- generated:two -->old<!-- /generated:two -->",
  "end",
].join("\n");

Deno.test("docs: parts are written between their markers, the rest is kept", () => {
  const written = writeParts(EMPTY, PARTS);
  assert.equal(
    written,
    [
      "# Title",
      "<!-- generated:one -->\n\nfirst\n\n<!-- /generated:one -->",
      "<!-- generated:two -->\n\n$& second\n\n<!-- /generated:two -->",
      "end",
    ].join("\n"),
  );
  assert.equal(writeParts(written, PARTS), written, "writing twice changed something");
});

Deno.test("docs: a part that was edited by hand is named", () => {
  const written = writeParts(EMPTY, PARTS);
  assert.deepEqual(findDrift(written, PARTS), []);
  assert.deepEqual(findDrift(written.replace("second", "edited"), PARTS), ["two"]);
});

Deno.test("docs: wrong markers are an error", () => {
  const lacking = 'The part "two" needs one <!-- generated:two --> and one ' +
    "<!-- /generated:two --> after it";
  for (
    const text of [
      EMPTY.replace("<!-- generated:two -->", ""),
      EMPTY.replace("<!-- /generated:two -->", ""),
      `${EMPTY}<!-- generated:two --><!-- /generated:two -->`,
    ]
  ) {
    assert.throws(() => writeParts(text, PARTS), new Error(lacking));
    assert.throws(() => findDrift(text, PARTS), new Error(lacking));
  }
  assert.throws(
    () => writeParts(`${EMPTY}<!-- generated:three -->`, PARTS),
    new Error('Nothing generates the part "three"'),
  );
});

Deno.test("docs: a table has aligned columns", () => {
  assert.equal(
    markdownTable(["A", "Long"], [["a|b", ""], ["c", "text"]]),
    "| A    | Long |\n| ---- | ---- |\n| a\\|b |      |\n| c    | text |",
  );
});

Deno.test("docs: the tables have every setting of every command, with its bounds", () => {
  const flags = generated("docs/configuration.md", "flags");
  for (const command of ["serve", "demo", "health"] as const) {
    for (const { name, help, kind } of flagsOf(command)) {
      const variable = `\`${environmentVariable(name)}\``;
      const rows = flags.split("\n").filter((line) => line.includes(variable));
      const row = rows.find((line) => line.replace(/`(https:[^`]*)`/, "$1").includes(help));
      assert.ok(row?.includes(`${name}\``), `--${name} of ${command} is missing`);
      if (kind.values === undefined) continue;
      assert.ok(
        row?.includes(`<br>Values: ${kind.values} `),
        `the values of --${name} are missing`,
      );
    }
  }
  assert.match(flags, /`--stacks-page-size`.*Values: 1 to 100 /);
  assert.match(flags, /`--max-staleness`.*Values: 0s to 24h /);
  assert.match(flags, /`--log.format`.*Values: json, logfmt /);
});

Deno.test("docs: the tables of metrics have every metric once, the account's first", () => {
  const metrics = generated("docs/metrics.md", "metrics");
  const rows = [...metrics.matchAll(/^\| `(\w+)`<br>/gm)].map(([, name]) => name);
  assert.deepEqual(rows.toSorted(), [...CATALOGUE.keys()].sort());
  const exporter = metrics.indexOf("## The exporter");
  for (const [name, { collectors }] of CATALOGUE) {
    const isFirst = metrics.indexOf(`| \`${name}\`<br>`) < exporter;
    assert.equal(isFirst, collectors.length > 0, name);
  }
});

Deno.test("docs: the settings that demo lacks are those that docs/configuration.md names", () => {
  const demo = flagsOf("demo");
  const lacking = flagsOf("serve").filter((flag) => !demo.includes(flag));
  assert.deepEqual(lacking.map(({ name }) => name), [
    "account-url",
    "api-endpoint",
    "api-key-id",
    "api-key-secret",
    "api-key-secret-file",
    "ca-cert-path",
  ]);
});

function generated(path: string, name: string): string {
  return GENERATED_PARTS[path]?.find((part) => part.name === name)?.render() ?? "";
}
