import assert from "node:assert/strict";
import { plainBody } from "../../src/metrics/gzip.ts";
import { joinBytes } from "../support/join_bytes.ts";
import {
  prepareFamily,
  type WritableFamily,
  writeExposition,
} from "../../src/metrics/exposition.ts";
import { family, type FamilySamples, sample } from "../../src/metrics/family.ts";
import type { Format } from "../../src/metrics/write_family.ts";

interface Case {
  readonly families: readonly FamilySamples[];
  readonly text: string;
  readonly openmetrics: string;
}

const GAUGE = family({ name: "g", help: "Help", type: "gauge", labels: ["a", "b"] });
const BARE = family({ name: "bare", help: "Help", type: "gauge", labels: [] });
const COUNTER = family({ name: "c_total", help: "Help", type: "counter", labels: ["a"] });
const HISTOGRAM = family({ name: "h", help: "Help", type: "histogram", labels: ["op"] });

const CASES: Readonly<Record<string, Case>> = {
  "no families": { families: [], text: "", openmetrics: "# EOF\n" },
  "a family without samples": {
    families: [{ family: BARE, samples: [] }],
    text: "",
    openmetrics: "# EOF\n",
  },
  "families in alphabetical order": {
    families: [
      { family: GAUGE, samples: [sample(GAUGE, 2, "x", "y"), sample(GAUGE, 1, "x", "")] },
      { family: BARE, samples: [sample(BARE, 0)] },
    ],
    text: `# HELP bare Help
# TYPE bare gauge
bare 0
# HELP g Help
# TYPE g gauge
g{a="x",b="y"} 2
g{a="x",b=""} 1
`,
    openmetrics: `# HELP bare Help
# TYPE bare gauge
bare 0
# HELP g Help
# TYPE g gauge
g{a="x",b="y"} 2
g{a="x",b=""} 1
# EOF
`,
  },
  "a counter, whose family has no suffix in OpenMetrics": {
    families: [{ family: COUNTER, samples: [sample(COUNTER, 3, "x")] }],
    text: `# HELP c_total Help
# TYPE c_total counter
c_total{a="x"} 3
`,
    openmetrics: `# HELP c Help
# TYPE c counter
c_total{a="x"} 3
# EOF
`,
  },
  "label values that need escapes": {
    families: [{
      family: GAUGE,
      samples: [
        sample(GAUGE, 1, 'quote " backslash \\ newline \n', "\\n"),
        sample(GAUGE, 1, "}\r\t,=#", "rocket \u{1f680} \u00fc \u6c34"),
      ],
    }],
    text: `# HELP g Help
# TYPE g gauge
g{a="quote \\" backslash \\\\ newline \ufffd",b="\\\\n"} 1
g{a="}\ufffd\ufffd,=#",b="rocket \u{1f680} \u00fc \u6c34"} 1
`,
    openmetrics: `# HELP g Help
# TYPE g gauge
g{a="quote \\" backslash \\\\ newline \ufffd",b="\\\\n"} 1
g{a="}\ufffd\ufffd,=#",b="rocket \u{1f680} \u00fc \u6c34"} 1
# EOF
`,
  },
  "a HELP that needs escapes, quotes in OpenMetrics alone": {
    families: [{
      family: family({ ...BARE, help: 'a "b" \\ \n c' }),
      samples: [sample(BARE, 1)],
    }],
    text: `# HELP bare a "b" \\\\ \\n c
# TYPE bare gauge
bare 1
`,
    openmetrics: `# HELP bare a \\"b\\" \\\\ \\n c
# TYPE bare gauge
bare 1
# EOF
`,
  },
  "numbers of every kind": {
    families: [{
      family: COUNTER,
      samples: [NaN, Infinity, -Infinity, -0, 1e21, 1.5e-7, 187_000_000_000, 0.1].map((value) =>
        sample(COUNTER, value, "x")
      ),
    }],
    text: `# HELP c_total Help
# TYPE c_total counter
c_total{a="x"} NaN
c_total{a="x"} +Inf
c_total{a="x"} -Inf
c_total{a="x"} 0
c_total{a="x"} 1e+21
c_total{a="x"} 1.5e-7
c_total{a="x"} 187000000000
c_total{a="x"} 0.1
`,
    openmetrics: `# HELP c Help
# TYPE c counter
c_total{a="x"} NaN
c_total{a="x"} +Inf
c_total{a="x"} -Inf
c_total{a="x"} 0
c_total{a="x"} 1e+21
c_total{a="x"} 1.5e-7
c_total{a="x"} 187000000000
c_total{a="x"} 0.1
# EOF
`,
  },
  "a histogram, whose bounds are floats in OpenMetrics": {
    families: [{
      family: HISTOGRAM,
      samples: [
        ...[0.5, 1, 10, Infinity].map((upperBound, index) => ({
          ...sample(HISTOGRAM, index, 'a"b'),
          part: { suffix: "_bucket", upperBound } as const,
        })),
        { ...sample(HISTOGRAM, 4.5, 'a"b'), part: { suffix: "_sum" } },
        { ...sample(HISTOGRAM, 3, 'a"b'), part: { suffix: "_count" } },
      ],
    }],
    text: `# HELP h Help
# TYPE h histogram
h_bucket{le="0.5",op="a\\"b"} 0
h_bucket{le="1",op="a\\"b"} 1
h_bucket{le="10",op="a\\"b"} 2
h_bucket{le="+Inf",op="a\\"b"} 3
h_sum{op="a\\"b"} 4.5
h_count{op="a\\"b"} 3
`,
    openmetrics: `# HELP h Help
# TYPE h histogram
h_bucket{le="0.5",op="a\\"b"} 0
h_bucket{le="1.0",op="a\\"b"} 1
h_bucket{le="10.0",op="a\\"b"} 2
h_bucket{le="+Inf",op="a\\"b"} 3
h_sum{op="a\\"b"} 4.5
h_count{op="a\\"b"} 3
# EOF
`,
  },
};

for (const [what, { families, ...expected }] of Object.entries(CASES)) {
  for (const format of ["text", "openmetrics"] as const) {
    Deno.test(`writeExposition() in ${format}: ${what}`, () => {
      assert.equal(write(families, format), expected[format]);
    });
    Deno.test(`writeExposition() in ${format}, prepared: ${what}`, () => {
      const prepared = families.map((samples) =>
        samples.family.type === "histogram" ? samples : prepareFamily(samples)
      );
      assert.equal(write(prepared, format), expected[format]);
    });
  }
}

Deno.test("a histogram of which a sample is of no part cannot be written", () => {
  const samples = [sample(HISTOGRAM, 1, "x")];
  assert.throws(
    () => writeExposition([{ family: HISTOGRAM, samples }], "text"),
    /Cannot write a sample of h: it is not part of a histogram/,
  );
});

Deno.test("a prepared histogram is written in each format, and but once in each", () => {
  const part = { suffix: "_bucket", upperBound: 1 } as const;
  const samples = { family: HISTOGRAM, samples: [{ value: 2, labelValues: [], part }] };
  const prepared = prepareFamily(samples);
  for (const format of ["text", "openmetrics"] as const) {
    assert.equal(write([prepared], format), write([samples], format));
    assert.equal(prepared.body(format), prepared.body(format));
  }
  assert.notDeepEqual(prepared.body("text").plain, prepared.body("openmetrics").plain);
});

Deno.test("a prepared family keeps no more memory than its lines take", () => {
  const { plain } = prepareFamily({ family: BARE, samples: [sample(BARE, 1)] }).body("text");
  assert.equal(plain.buffer.byteLength, plain.length);
});

function write(families: readonly WritableFamily[], format: Format): string {
  return new TextDecoder().decode(joinBytes(plainBody(writeExposition(families, format))));
}
