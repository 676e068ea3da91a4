import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_DEPTH, MAX_VALUES, refuseCostlyJson } from "../../src/spacelift/costly_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const list = (items: number, item = "1") => `[${`${item},`.repeat(items - 1)}${item}]`;

const object = (members: number) => `{${'"a":1,'.repeat(members - 1)}"a":1}`;

const TOO_DEEP = {
  name: "ApiError",
  reason: "bad_response",
  message: /nested more than 64 levels/,
};
const TOO_MANY = { name: "ApiError", reason: "bad_response", message: /more than 300000 values/ };

Deno.test("JSON may be nested to the last level that is allowed, again and again", () => {
  refuseCostlyJson(encode(nested(MAX_DEPTH)));
  refuseCostlyJson(encode(`[${`${nested(MAX_DEPTH - 1)},`.repeat(1000)}1]`));
  assert.throws(() => refuseCostlyJson(encode(nested(MAX_DEPTH + 1))), TOO_DEEP);
  assert.throws(() => refuseCostlyJson(encode('{"a":['.repeat(MAX_DEPTH))), TOO_DEEP);
});

Deno.test("JSON may hold as many values as are allowed, of whatever kind, and not one more", () => {
  for (const many of [list, object, (count: number) => list(count, '""')]) {
    refuseCostlyJson(encode(many(MAX_VALUES)));
    assert.throws(() => refuseCostlyJson(encode(many(MAX_VALUES + 1))), TOO_MANY);
  }
  const worker = '{"id":"a","busy":true,"drained":false}';
  refuseCostlyJson(encode(list(MAX_VALUES / 4, worker)));
  assert.throws(() => refuseCostlyJson(encode(list(MAX_VALUES / 4 + 1, worker))), TOO_MANY);
});

Deno.test("brackets within strings count for nothing, whatever is escaped before them", () => {
  const brackets = "[{".repeat(MAX_DEPTH) + ",".repeat(MAX_VALUES);
  for (const text of [brackets, `\\" ${brackets}`, `\\\\\\" ${brackets}`, "\\", "\u20ac["]) {
    refuseCostlyJson(encode(JSON.stringify({ [text]: text })));
  }
  const open = encode(`["\\\\",${nested(MAX_DEPTH)}]`);
  assert.throws(() => refuseCostlyJson(open), TOO_DEEP, "a closed string is taken for an open one");
});

Deno.test("whatever an account holds in any usual reply is let through", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 20 }), (text) => refuseCostlyJson(encode(text))));
});

Deno.test("text that is no JSON is left to the parser", () => {
  for (const text of ["", '"', '"\\', "]]]]}", "[", "\\", "<html>"]) refuseCostlyJson(encode(text));
});
