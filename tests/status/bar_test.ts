import assert from "node:assert/strict";
import * as fc from "fast-check";
import { bar } from "../../src/status/bar.ts";

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

function readRects(html: string): { name: string; x: number; width: number }[] {
  return [...html.matchAll(/<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, name = "", x, width]) => ({ name, x: Number(x), width: Number(width) }),
  );
}
