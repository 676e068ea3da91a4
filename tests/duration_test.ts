import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../src/duration.ts";

const READ: readonly (readonly [string, number])[] = [
  ["0", 0],
  ["+0", 0],
  ["0s", 0],
  ["5s", 5000],
  ["+5s", 5000],
  ["1m30s", 90_000],
  ["500ms", 500],
  ["1.5h", 5_400_000],
  ["2h45m", 9_900_000],
  ["100us", 0.1],
  ["100\u00b5s", 0.1],
  ["100\u03bcs", 0.1],
  ["1ns", 0.000001],
  [".5s", 500],
  ["1.s", 1000],
  ["1.1s", 1100],
  ["1h1h", 7_200_000],
  ["1ms1h", 3_600_001],
  ["2562047h", 9_223_369_200_000],
];

for (const [text, ms] of READ) {
  Deno.test(`duration: ${JSON.stringify(text)} is ${ms} ms`, () => {
    assert.equal(parseDuration(text), ms);
  });
}

const REFUSED = [
  "",
  "5",
  "00",
  "5 s",
  " 5s",
  "5s ",
  "-1s",
  "-0",
  "+",
  ".",
  ".s",
  "s",
  "1e9h",
  "1d",
  "1S",
  "5s5",
  "1.2.3s",
  "++5s",
  "0x5s",
  "Infinity",
  "2562048h",
  `${"9".repeat(400)}s`,
];

for (const text of REFUSED) {
  Deno.test(`duration: ${JSON.stringify(text).slice(0, 40)} is refused`, () => {
    assert.equal(parseDuration(text), undefined);
  });
}

const FORMATTED: readonly (readonly [number, string])[] = [
  [0, "0s"],
  [1, "1ms"],
  [5000, "5s"],
  [90_000, "1m30s"],
  [120_000, "2m"],
  [3_600_000, "1h"],
  [90_061_001, "25h1m1s1ms"],
];

for (const [ms, text] of FORMATTED) {
  Deno.test(`duration: ${ms} ms is written ${text}`, () => {
    assert.equal(formatDuration(ms), text);
  });
}

Deno.test("duration: what is written is read back", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 9_223_372_036_854 }), (ms) => {
    assert.equal(parseDuration(formatDuration(ms)), ms);
  }));
});

Deno.test("duration: the parts of a duration add up", () => {
  const part = fc.record({
    amount: fc.integer({ min: 0, max: 10_000 }),
    unit: fc.constantFrom("ms", "s", "m", "h"),
  });
  const size = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  fc.assert(fc.property(fc.array(part, { minLength: 1 }), (parts) => {
    const text = parts.map(({ amount, unit }) => `${amount}${unit}`).join("");
    const sum = parts.reduce((total, { amount, unit }) => total + amount * size[unit], 0);
    assert.equal(parseDuration(text), sum);
  }));
});

Deno.test("duration: any text is a number of milliseconds or refused", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("0", "1", "9", ".", "h", "m", "s", "n", "u", "+", "-") }),
  );
  fc.assert(fc.property(text, (given) => {
    const ms = parseDuration(given);
    assert.ok(ms === undefined || (ms >= 0 && Number.isFinite(ms)), `it gave ${ms}`);
  }));
});

Deno.test("duration: a long text is refused at once", () => {
  assert.equal(parseDuration("1".repeat(1_000_000)), undefined);
});
