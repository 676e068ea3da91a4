import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_RETRY_AFTER, parseRetryAfter } from "../../src/spacelift/retry_after.ts";

/** Sun, 06 Nov 1994 08:49:07 GMT: half a minute before the RFC's example. */
const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);

const CASES: readonly (readonly [string | null, number | undefined])[] = [
  ["0", 0],
  ["7", 7000],
  [" 7 ", 7000],
  ["1.5", 1500],
  ["300", 300_000],
  ["301", MAX_RETRY_AFTER],
  ["99999999999999999999", MAX_RETRY_AFTER],
  ["9".repeat(400), MAX_RETRY_AFTER],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 30_000],
  ["Sun Nov  6 08:49:37 1994", 30_000],
  ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
  ["Sun, 06 Nov 2094 08:49:37 GMT", MAX_RETRY_AFTER],
  [null, undefined],
  ["", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["Infinity", undefined],
  ["NaN", undefined],
  ["soon", undefined],
  ["2094", MAX_RETRY_AFTER],
  ["1994-11-06T08:49:37Z", undefined],
  ["Sun, 99 Nov 1994 08:49:37 GMT", undefined],
];

for (const [header, expected] of CASES) {
  Deno.test(`parseRetryAfter() is ${expected} for ${JSON.stringify(header)?.slice(0, 60)}`, () => {
    assert.equal(parseRetryAfter(header, NOW), expected);
  });
}

const anyHeader = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[0-9.eE+-]{1,20}$/),
  fc.date().map((date) => date.toUTCString()),
  fc.tuple(fc.constantFrom("Mon", "Tue, ", "Sunday, "), fc.string()).map(([a, b]) => a + b),
);

Deno.test("parseRetryAfter() never gives a time below 0, over five minutes, or NaN", () => {
  fc.assert(fc.property(anyHeader, fc.integer(), (header, now) => {
    const wait = parseRetryAfter(header, now);
    assert.ok(wait === undefined || wait >= 0 && wait <= MAX_RETRY_AFTER, `${wait} ms`);
  }));
});
