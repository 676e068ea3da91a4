import assert from "node:assert/strict";
import {
  formatAgo,
  formatCount,
  formatDate,
  formatSpan,
  shorten,
} from "../../src/status/format.ts";

const SPANS: readonly [number, string][] = [
  [-5, "0 s"],
  [0, "0 s"],
  [0.4, "0 s"],
  [59.6, "1 min"],
  [61, "1 min 1 s"],
  [3600, "1 h"],
  [3605, "1 h 5 s"],
  [3 * 3600 + 20 * 60 + 5, "3 h 20 min"],
  [86_400 * 400 + 3600, "400 d 1 h"],
];

for (const [seconds, text] of SPANS) {
  Deno.test(`formatSpan() of ${seconds} s is "${text}"`, () => {
    assert.equal(formatSpan(seconds), text);
  });
}

Deno.test("formatAgo() is readable by machines too", () => {
  assert.equal(
    formatAgo(1_800_000_000, 1_800_000_090).text,
    '<time datetime="2027-01-15T08:00:00.000Z">1 min 30 s ago</time>',
  );
});

Deno.test("a moment beyond what dates can tell is no reason to fail", () => {
  assert.equal(formatDate(Number.MAX_SAFE_INTEGER).text, "unknown");
  assert.equal(formatAgo(Number.MAX_SAFE_INTEGER, 0).text, "0 s ago");
});

Deno.test("formatDate() is a day in UTC", () => {
  assert.match(formatDate(1_800_000_000).text, />2027-01-15<\/time>$/);
});

Deno.test("formatCount() separates thousands and tells what is not known", () => {
  assert.equal(formatCount(0), "0");
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(formatCount(undefined), "unknown");
});

Deno.test("shorten() cuts between characters", () => {
  assert.equal(shorten("abc", 3), "abc");
  assert.equal(shorten("abcd", 3), "ab\u2026");
  assert.equal(shorten("\u{1f680}".repeat(4), 3), "\u{1f680}\u{1f680}\u2026");
  assert.equal([...shorten("x".repeat(1024))].length, 100);
});
