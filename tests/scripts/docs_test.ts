import assert from "node:assert/strict";
import { findDrift, markdownTable, README_PARTS, writeParts } from "../../scripts/docs.ts";
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
    "<!-- /generated:two --> behind it";
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

Deno.test("docs: the README's tables have every setting of every command", () => {
  const flags = README_PARTS.find(({ name }) => name === "flags")?.render() ?? "";
  for (const command of ["serve", "demo", "health"] as const) {
    for (const { name, help } of flagsOf(command)) {
      assert.ok(flags.includes(`${name}\``), `--${name} of ${command} is missing`);
      assert.ok(flags.includes(help), `the help of --${name} of ${command} is missing`);
    }
  }
});

Deno.test("docs: the settings that demo lacks are those that the README names", () => {
  const demo = flagsOf("demo");
  const lacking = flagsOf("serve").filter((flag) => !demo.includes(flag));
  assert.deepEqual(lacking.map(({ name }) => name), [
    "api-endpoint",
    "api-key-id",
    "api-key-secret",
    "api-key-secret-file",
    "ca-cert-path",
  ]);
});
