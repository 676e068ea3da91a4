import assert from "node:assert/strict";
import { MAX_PARTS, refuseCostlyJson } from "../../src/spacelift/costly_json.ts";

const list = (lists: number) => `[${"[],".repeat(lists - 2)}[]]`;
const object = (members: number) => `{${'"a":1,'.repeat(members - 1)}"a":1}`;

const TOO_MANY = { name: "ApiError", reason: "bad_response", message: /more than 300000 objects/ };

Deno.test("JSON may hold as many objects, lists and members as are allowed, and not one more", () => {
  refuseCostlyJson(list(MAX_PARTS));
  refuseCostlyJson(object(MAX_PARTS - 1));
  assert.throws(() => refuseCostlyJson(object(MAX_PARTS)), TOO_MANY);
  assert.throws(() => refuseCostlyJson(list(MAX_PARTS + 1)), TOO_MANY);
  assert.throws(() => refuseCostlyJson(`[${"{},".repeat(MAX_PARTS)}1]`), TOO_MANY);
});

Deno.test("JSON may be nested as deep as its parts allow", () => {
  const depth = MAX_PARTS;
  const text = "[".repeat(depth) + "]".repeat(depth);
  refuseCostlyJson(text);
  JSON.parse(text);
  assert.throws(() => refuseCostlyJson(`[${text}]`), TOO_MANY);
});

Deno.test("long text counts for nothing, and text that is no JSON is left to the parser", () => {
  for (const text of ["", '"', "]".repeat(MAX_PARTS + 1), `"${"long text ".repeat(MAX_PARTS)}"`]) {
    refuseCostlyJson(text);
  }
});
