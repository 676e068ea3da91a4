import assert from "node:assert/strict";
import fc from "fast-check";
import { BUCKETS, Durations, SERIES_PER_PAIR } from "../../../src/collectors/runs/durations.ts";
import { RunCounts, ZERO_TIME } from "../../../src/collectors/runs/run_counts.ts";

type Samples = ReturnType<RunCounts["samples"]>;

function total(samples: Samples): number {
  return samples.reduce((sum, { value }) => sum + value, 0);
}

function namesOf(samples: Samples): string[] {
  return samples.map(({ labelValues }) => labelValues.join(" "));
}

Deno.test("counts: beyond the limit stacks are not told apart, and sums stay right", () => {
  const counts = new RunCounts(3);
  for (let n = 0; n < 10; n++) counts.add(["false", "root", `s${n}`, "FAILED", "TRACKED"], 0);
  const samples = counts.samples(ZERO_TIME);
  assert.deepEqual(namesOf(samples), [
    "false root  FAILED TRACKED",
    "false root s0 FAILED TRACKED",
    "false root s1 FAILED TRACKED",
    "false root s2 FAILED TRACKED",
  ]);
  assert.equal(total(samples), 10);
});

Deno.test("counts: no labels, however many, make more than about twice the limit of series", () => {
  const part = fc.constantFrom(...Array.from({ length: 20 }, (_, n) => `x${n}`));
  const labels = fc.tuple(part, part, part, part, part);
  fc.assert(
    fc.property(
      fc.array(labels, { maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      (all, limit) => {
        const counts = new RunCounts(limit);
        for (const one of all) counts.add(one, 0);
        const samples = counts.samples(ZERO_TIME);
        assert.ok(samples.length <= 2 * limit + 1);
        assert.equal(total(samples), all.length);
        const names = namesOf(samples);
        assert.equal(new Set(names).size, names.length, "two series have the same labels");
      },
    ),
  );
});

Deno.test("counts: a series is shown at 0 for a minute, then with all that it has counted", () => {
  const counts = new RunCounts(10);
  const labels = ["false", "root", "a", "FAILED", "TRACKED"] as const;
  counts.add(labels, 0);
  counts.add(labels, ZERO_TIME - 1);
  assert.equal(total(counts.samples(ZERO_TIME - 1)), 0);
  assert.equal(total(counts.samples(ZERO_TIME)), 2);
  counts.add(labels, ZERO_TIME);
  assert.equal(total(counts.samples(ZERO_TIME)), 3);
});

Deno.test("durations: every observation is in its bucket, in the sum and in the count", () => {
  fc.assert(fc.property(fc.array(fc.nat(30_000)), (seconds) => {
    const durations = new Durations(10);
    for (const one of seconds) durations.observe("root", "TRACKED", one);
    const samples = durations.samples();
    for (const { value, part } of samples) {
      if (part?.suffix === "_bucket") {
        const { upperBound } = part;
        assert.equal(value, seconds.filter((one) => one <= upperBound).length);
      } else if (part?.suffix === "_count") assert.equal(value, seconds.length);
      else assert.equal(value, seconds.reduce((sum, one) => sum + one, 0));
    }
    assert.equal(samples.length, seconds.length === 0 ? 0 : BUCKETS.length + 3);
  }));
});

Deno.test("durations: beyond the limit spaces and types are not told apart", () => {
  const durations = new Durations(2);
  for (let n = 0; n < 9; n++) durations.observe(`s${n}`, "TRACKED", 1);
  const counted = durations.samples().filter(({ part }) => part?.suffix === "_count");
  assert.deepEqual(counted.map(({ labelValues, value }) => [labelValues[0], value]), [
    ["", 7],
    ["s0", 1],
    ["s1", 1],
  ]);
  assert.equal(durations.samples().length, 3 * SERIES_PER_PAIR);
});
