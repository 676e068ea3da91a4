import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  bar,
  formatAgo,
  formatCount,
  formatDate,
  formatSpan,
  shorten,
} from "../../src/status/parts.ts";

Deno.test("bar() draws parts side by side, in proportion to the whole", () => {
  const parts = [{ name: "busy", value: 1 }, { name: "free", value: 2 }] as const;
  assert.deepEqual(readRects(bar(parts, 4).text), [
    { name: "busy", x: 0, width: 25 },
    { name: "free", x: 25, width: 50 },
  ]);
});

Deno.test("bar() without a whole is empty", () => {
  const rects = readRects(bar([{ name: "busy", value: 0 }], 0).text);
  assert.deepEqual(rects, [{ name: "busy", x: 0, width: 0 }]);
});

Deno.test("bar() never draws outside, whatever the numbers", () => {
  const count = fc.oneof(fc.nat(20), fc.maxSafeNat());
  fc.assert(fc.property(count, count, count, (busy, free, whole) => {
    const parts = [{ name: "busy", value: busy }, { name: "free", value: free }] as const;
    for (const { x, width } of readRects(bar(parts, whole).text)) {
      assert.ok(x >= 0 && width >= 0 && x + width <= 100.01, `from ${x}, ${width} wide`);
    }
  }));
});

const SPANS: readonly [number, string][] = [
  [-5, "0 s"],
  [0, "0 s"],
  [0.4, "0 s"],
  [59.6, "1 min"],
  [61, "1 min 1 s"],
  [3600, "1 h"],
  [3605, "1 h 5 s"],
  [3 * 3600 + 20 * 60 + 5, "3 h 20 min"],
  [11 * 60 + 40, "11 min"],
  [86_400 * 1400 + 3600, "1,400 d"],
];

for (const [seconds, text] of SPANS) {
  Deno.test(`formatSpan() of ${seconds} s is "${text}"`, () => {
    assert.equal(formatSpan(seconds), text.replaceAll(" ", "\u00a0"));
  });
}

Deno.test("formatAgo() is readable by machines too", () => {
  assert.equal(
    formatAgo(1_800_000_000, 1_800_000_090).text,
    '<time datetime="2027-01-15T08:00:00.000Z">1\u00a0min ago</time>',
  );
});

Deno.test("a moment beyond what dates can tell is no reason to fail", () => {
  assert.equal(formatDate(Number.MAX_SAFE_INTEGER).text, "unknown");
  assert.equal(formatAgo(Number.MAX_SAFE_INTEGER, 0).text, "0\u00a0s ago");
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

function readRects(html: string): { name: string; x: number; width: number }[] {
  return [...html.matchAll(/<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, name = "", x, width]) => ({ name, x: Number(x), width: Number(width) }),
  );
}
