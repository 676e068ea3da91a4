import assert from "node:assert/strict";
import type { Format } from "../../src/metrics/write_family.ts";
import { parseExposition, seriesOf } from "./parse_exposition.ts";

const HEAD = "# HELP a b\n# TYPE a gauge\n";

Deno.test("parseExposition() reads families with escapes", () => {
  const text = '# HELP a \\\\ "b"\n# TYPE a gauge\na{x="\\\\n",y="\\"\\n{}"} -Inf\n';
  assert.deepEqual(parseExposition(text, "text"), [{
    name: "a",
    help: '\\ "b"',
    type: "gauge",
    samples: [{ name: "a", labels: { x: "\\n", y: '"\n{}' }, value: -Infinity }],
  }]);
});

Deno.test("parseExposition() names a counter like its samples in both formats", () => {
  const text = "# HELP a_total b\n# TYPE a_total counter\na_total 1\n";
  const openmetrics = "# HELP a b\n# TYPE a counter\na_total 1\n# EOF\n";
  assert.deepEqual(parseExposition(text, "text"), parseExposition(openmetrics, "openmetrics"));
});

const REFUSED: Readonly<Record<string, readonly [Format, string]>> = {
  "a missing # EOF": ["openmetrics", `${HEAD}a 1\n`],
  "a # EOF that is not the end": ["openmetrics", `# EOF\n${HEAD}a 1\n# EOF\n`],
  "a # EOF in text": ["text", `${HEAD}a 1\n# EOF\n`],
  "a missing line end": ["text", `${HEAD}a 1`],
  "a blank line": ["text", `${HEAD}a 1\n\n`],
  "a second HELP": ["text", `# HELP a b\n${HEAD}a 1\n`],
  "a missing TYPE": ["text", "# HELP a b\na 1\n"],
  "a missing HELP": ["text", "# TYPE a gauge\na 1\n"],
  "HELP and TYPE of two families": ["text", "# HELP a b\n# TYPE b gauge\nb 1\n"],
  "a family without samples": ["text", HEAD],
  "a family twice": ["text", `${HEAD}a 1\n${HEAD}a{b="c"} 1\n`],
  "families out of order": ["text", `# HELP b b\n# TYPE b gauge\nb 1\n${HEAD}a 1\n`],
  "a sample of another family": ["text", `${HEAD}ab 1\n`],
  "a series twice": ["text", `${HEAD}a{b="c"} 1\na{b="c"} 2\n`],
  "unsorted labels": ["text", `${HEAD}a{c="",b=""} 1\n`],
  "a label twice": ["text", `${HEAD}a{b="",b=""} 1\n`],
  "a comma behind the last label": ["text", `${HEAD}a{b="",} 1\n`],
  "empty braces": ["text", `${HEAD}a{} 1\n`],
  "an unknown escape": ["text", `${HEAD}a{b="\\t"} 1\n`],
  "a bare quote": ["text", `${HEAD}a{b="""} 1\n`],
  "a bare quote in OpenMetrics HELP": [
    "openmetrics",
    '# HELP a "b"\n# TYPE a gauge\na 1\n# EOF\n',
  ],
  "a word for a number": ["text", `${HEAD}a Infinity\n`],
  "a timestamp": ["text", `${HEAD}a 1 2\n`],
  "a counter without _total": ["openmetrics", "# HELP a b\n# TYPE a counter\na 1\n# EOF\n"],
  "an integer bound in OpenMetrics": [
    "openmetrics",
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\n# EOF\n',
  ],
  "a bucket without a bound": ["text", "# HELP a b\n# TYPE a histogram\na_bucket 1\n"],
};

for (const [what, [format, text]] of Object.entries(REFUSED)) {
  Deno.test(`parseExposition() refuses ${what}`, () => {
    assert.throws(() => parseExposition(text, format), SyntaxError);
  });
}

Deno.test("seriesOf() gives the value of each series", () => {
  const families = parseExposition(`${HEAD}a{b="c",d="e"} 1\na 2\n`, "text");
  assert.deepEqual([...seriesOf(families)], [['a{b="c",d="e"}', 1], ["a", 2]]);
});
