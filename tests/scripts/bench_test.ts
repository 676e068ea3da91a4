import assert from "node:assert/strict";
import { median, percentile, reportTable, show } from "../../scripts/bench/report.ts";

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

/** The cells of the only row. */
function row(table: string): string[] {
  return (table.trim().split("\n").at(-1) ?? "").split("|").slice(1, -1).map((cell) => cell.trim());
}

Deno.test("a budget is met at its limit and not beyond, from either side", () => {
  const budget = { what: "Start", limit: 2, unit: "ms", against: 10 };
  const verdicts = [20, 21, NaN].map((measured) =>
    row(reportTable([[{ ...budget, measured }]])).at(-1)
  );
  assert.deepEqual(verdicts, ["met", "not met", "not met"]);
  const least = [5, 4.9].map((measured) =>
    row(reportTable([[{ what: "Gain", limit: 5, unit: "", atLeast: true, measured }]])).at(
      -1,
    )
  );
  assert.deepEqual(least, ["met", "not met"]);
  assert.deepEqual(row(reportTable([[{ what: "RSS", measured: 133, limit: 200, unit: "MiB" }]])), [
    "RSS",
    "at most 200 MiB",
    "133 MiB",
    "",
    "",
    "met",
  ]);
  assert.deepEqual(row(reportTable([[{ what: "Walk", measured: 99, unit: "s" }]])), [
    "Walk",
    "",
    "99 s",
    "",
    "",
    "",
  ]);
});

Deno.test("the report has the medians of the rounds, and of the ratios within each", () => {
  const rounds = [[10, 5], [90, 100], [30, 10]].map(([measured = NaN, against = NaN]) => [
    { what: "CPU", unit: "ms", limit: 2, measured, against },
  ]);
  assert.deepEqual(row(reportTable(rounds)), [
    "CPU",
    "at most 2x",
    "30 ms",
    "10 ms",
    "2x",
    "met",
  ]);
});
