import assert from "node:assert/strict";
import { MAX_VALUES, refuseCostlyJson } from "../../src/spacelift/costly_json.ts";

const list = (items: number, item = "1") => `[${`${item},`.repeat(items - 1)}${item}]`;
const object = (members: number) => `{${'"a":1,'.repeat(members - 1)}"a":1}`;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

const TOO_MANY = { name: "ApiError", reason: "bad_response", message: /more than 300000 values/ };

Deno.test("JSON may hold as many values as are allowed, of whatever kind, and not one more", () => {
  for (const many of [list, object, nested, (count: number) => list(count, '""')]) {
    refuseCostlyJson(many(MAX_VALUES));
    assert.throws(() => refuseCostlyJson(many(MAX_VALUES + 1)), TOO_MANY);
  }
  const worker = '{"id":"a","busy":true,"drained":false}';
  refuseCostlyJson(list(MAX_VALUES / 4, worker));
  assert.throws(() => refuseCostlyJson(list(MAX_VALUES / 4 + 1, worker)), TOO_MANY);
});

Deno.test("long text counts for nothing, and text that is no JSON is left to the parser", () => {
  for (
    const text of ["", '"', "]".repeat(MAX_VALUES + 1), `"${"long text ".repeat(MAX_VALUES)}"`]
  ) {
    refuseCostlyJson(text);
  }
});
