import assert from "node:assert/strict";
import fc from "fast-check";
import { plainBody } from "../../src/metrics/gzip.ts";
import { joinBytes } from "../support/join_bytes.ts";
import { type WritableFamily, writeExposition } from "../../src/metrics/exposition.ts";
import { family, type FamilySamples, type Sample } from "../../src/metrics/family.ts";
import { prepareFamily } from "../../src/metrics/exposition.ts";
import type { Format } from "../../src/metrics/write_family.ts";
import { type ParsedFamily, parseExposition } from "../support/parse_exposition.ts";

const FORMATS: readonly Format[] = ["text", "openmetrics"];

const anyText = fc.string({ unit: "binary" });
const trickyText = fc.string({ unit: fc.constantFrom("\\", '"', "\n", "n", "{", "}", ",", "#") });
const text = fc.oneof(anyText, trickyText);
// JavaScript tells -0 from 0, the formats' writers do not have to.
const number = fc.oneof(fc.double(), fc.integer()).map((value) => value + 0);
const labelName = fc.stringMatching(/^[a-z][a-z0-9_]{0,4}$/).filter((name) => name !== "le");
const labels = fc.uniqueArray(labelName, { maxLength: 4 }).map((names) => names.sort());

/** Names end so that no family can be called like a sample of another. */
const shape = fc.record({
  stem: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/),
  help: text,
  type: fc.constantFrom("gauge" as const, "counter" as const),
  labels,
});

const familySamples: fc.Arbitrary<FamilySamples> = shape.chain(({ stem, help, type, labels }) =>
  fc.uniqueArray(
    fc.record({ value: number, labelValues: fc.tuple(...labels.map(() => text)) }),
    { minLength: 1, maxLength: 5, selector: ({ labelValues }) => JSON.stringify(labelValues) },
  ).map((samples) => ({
    family: family({ name: `${stem}_x${type === "counter" ? "_total" : ""}`, help, type, labels }),
    samples,
  }))
);

const bounds = fc.uniqueArray(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { maxLength: 4 });

const histogram: fc.Arbitrary<FamilySamples> = fc.tuple(shape, bounds, number).map(
  ([{ stem, help, labels }, bounds, value]) => {
    const labelValues = labels.map((name) => `"${name}"`);
    const samples: Sample[] = [...bounds, Infinity].map((upperBound) => ({
      value,
      labelValues,
      part: { suffix: "_bucket", upperBound },
    }));
    for (const suffix of ["_sum", "_count"] as const) {
      samples.push({ value, labelValues, part: { suffix } });
    }
    return { family: family({ name: `${stem}_x`, help, type: "histogram", labels }), samples };
  },
);

const families = fc.uniqueArray(fc.oneof(familySamples, histogram), {
  maxLength: 5,
  selector: ({ family }) => family.name.replace(/_total$/, ""),
});

for (const format of FORMATS) {
  Deno.test(`what is written in ${format} is read back exactly`, () => {
    fc.assert(fc.property(families, (families) => {
      assert.deepEqual(parseExposition(write(families, format), format), asRead(families, format));
    }));
  });

  Deno.test(`families prepared beforehand are the same bytes in ${format}`, () => {
    fc.assert(fc.property(fc.array(familySamples), (families) => {
      assert.equal(write(families.map(prepareFamily), format), write(families, format));
    }));
  });
}

Deno.test("the order in which families are given does not show", () => {
  fc.assert(fc.property(families, (families) => {
    assert.equal(write(families.toReversed(), "text"), write(families, "text"));
  }));
});

function write(families: readonly WritableFamily[], format: Format): string {
  const bytes = joinBytes(plainBody(writeExposition(families, format)));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function asRead(families: readonly FamilySamples[], format: Format): ParsedFamily[] {
  return families.toSorted((a, b) => a.family.name < b.family.name ? -1 : 1)
    .map(({ family: { name, help, type, labels }, samples }) => ({
      name,
      help,
      type,
      samples: samples.map(({ value, labelValues, part }) => {
        const pairs: Record<string, string> = Object.fromEntries(
          labels.map((label, index) => [label, labelValues[index] ?? ""]),
        );
        if (part?.suffix === "_bucket") pairs["le"] = boundText(part.upperBound, format);
        return { name: name + (part?.suffix ?? ""), labels: pairs, value };
      }),
    }));
}

function boundText(bound: number, format: Format): string {
  if (bound === Infinity) return "+Inf";
  return format === "openmetrics" && Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}
