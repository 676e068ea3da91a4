import assert from "node:assert/strict";
import * as v from "valibot";
import { checkData, figure, MAX_DESCRIBED } from "../../src/spacelift/reply.ts";

const count = figure("a number", (input) => typeof input === "number" ? input : undefined);
const schema = v.object({
  items: v.array(v.object({ id: v.string(), a: count, b: count })),
});

/** So many items whose first figure is wrong, the last of which has another wrong one too. */
function items(number: number) {
  return Array.from({ length: number }, (_, index) => ({
    id: `item ${index}`,
    a: "none",
    b: index === number - 1 ? null : index,
  }));
}

Deno.test("however many figures cannot be right, all are left out and counted, and nothing else", () => {
  const number = 3 * MAX_DESCRIBED;
  const { data, count } = checkData(schema, { items: items(number) });
  assert.equal(count, number + 1);
  assert.deepEqual(data.items.at(-2), { id: `item ${number - 2}`, a: null, b: number - 2 });
  assert.deepEqual(data.items.at(-1), { id: `item ${number - 1}`, a: null, b: null });
});

Deno.test("of many figures that cannot be right only the first are described", () => {
  const placesOf = (number: number) => [
    ...checkData(schema, { items: items(number) }).omitted.keys(),
  ];
  assert.deepEqual(placesOf(MAX_DESCRIBED - 1), ["items.*.a", "items.*.b"]);
  assert.deepEqual(placesOf(MAX_DESCRIBED), ["items.*.a"]);
});

Deno.test("what is wrong beyond figures is found among any number of them, and refused", () => {
  const wrong = [...items(3 * MAX_DESCRIBED), { id: 7, a: 1, b: 1 }, ...items(1)];
  assert.throws(() => checkData(schema, { items: wrong }), {
    name: "ApiError",
    reason: "bad_response",
    message:
      `The API's reply is not as expected: items.${3 * MAX_DESCRIBED}.id should be a text, ` +
      "got 7",
  });
  assert.deepEqual(checkData(schema, { items: items(1) }).count, 2, "the next reply");
});
