import assert from "node:assert/strict";
import { budgetRow } from "../../scripts/bench/report.ts";
import { median, percentile, show } from "../../scripts/bench/statistics.ts";

Deno.test("a percentile is one of the values, whatever their order", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(values, 0.99), 99);
  assert.equal(percentile(values, 1), 100);
  assert.equal(percentile([7], 0.01), 7);
  assert.equal(median([3, 1, 2]), 2);
});

Deno.test("numbers are shown with three digits that mean something", () => {
  assert.deepEqual([0.012345, 1.5, 12.345, 99.96, 123.4, 45_678].map(show), [
    "0.0123",
    "1.5",
    "12.3",
    "100",
    "123",
    "45678",
  ]);
});

Deno.test("a budget is met at its limit and not beyond, from either side", () => {
  const budget = { what: "Start", limit: 2, unit: "x" };
  const verdicts = [2, 2.1].map((measured) => budgetRow({ ...budget, measured }).at(-1));
  assert.deepEqual(verdicts, ["met", "not met"]);
  const least = [5, 4.9].map((measured) =>
    budgetRow({ what: "Gain", limit: 5, unit: "x", atLeast: true, measured }).at(-1)
  );
  assert.deepEqual(least, ["met", "not met"]);
  assert.equal(budgetRow({ ...budget, measured: NaN }).at(-1), "not met");
  assert.deepEqual(budgetRow({ what: "RSS", measured: 133, limit: 200, unit: "MiB" }), [
    "RSS",
    "133 MiB",
    "at most 200 MiB",
    "met",
  ]);
});
