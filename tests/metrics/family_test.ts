import assert from "node:assert/strict";
import fc from "fast-check";
import { type Family, family, MAX_LABEL_VALUE_LENGTH, sample } from "../../src/metrics/family.ts";
import { gaugesPerItem, perItem, single } from "../../src/metrics/metric.ts";

const THREE = family({ name: "three", help: "h", type: "gauge", labels: ["a", "b", "c"] });
const NONE = family({ name: "none", help: "h", type: "gauge", labels: [] });

Deno.test("sample() holds one value for each label, in the order of the labels", () => {
  assert.deepEqual(sample(THREE, 1.5, "x", "", "z"), { value: 1.5, labelValues: ["x", "", "z"] });
  assert.deepEqual(sample(NONE, 2), { value: 2, labelValues: [] });
});

Deno.test("sample() with a wrong number of label values does not compile, and throws", () => {
  const message = /^TypeError: Cannot make a sample of three: it has 3 labels, not [24]$/;
  // @ts-expect-error Two values are too few for three labels.
  assert.throws(() => sample(THREE, 1, "x", "y"), message);
  // @ts-expect-error Four values are too many for three labels.
  assert.throws(() => sample(THREE, 1, "x", "y", "z", "w"), message);
  // @ts-expect-error A family without labels takes no value.
  assert.throws(() => sample(NONE, 1, "x"), /it has 0 labels, not 1$/);
});

Deno.test("sample() throws where the compiler cannot see how many labels there are", () => {
  const unknown: Family = THREE;
  assert.throws(() => sample(unknown, 1, ...["x", "y"]), TypeError);
});

Deno.test("perItem() with a wrong number of label values does not compile, and throws", () => {
  const read = { items: () => [1], value: () => 1, labels: () => ["x", "y"] as const };
  // @ts-expect-error Two values are too few for three labels.
  assert.throws(() => perItem(THREE, read).read(undefined), TypeError);
});

Deno.test("gauges of the same items leave out those without a value, and share the cut labels", () => {
  const gauge = gaugesPerItem({
    items: (source: readonly { readonly id: string; readonly a: number | null }[]) => source,
    labels: ["id"],
    labelValues: ({ id }) => [id],
  });
  const first = gauge("first", "The first", ({ a }) => a);
  const second = gauge("second", "The second", ({ id }) => id.length);
  assert.deepEqual(first.family.labels, ["id"]);
  const source = [{ id: "x\n", a: null }, { id: "y", a: 0 }];
  assert.deepEqual(first.read(source), [{ value: 0, labelValues: ["y"] }]);
  assert.deepEqual(second.read(source), [
    { value: 2, labelValues: ["x\ufffd"] },
    { value: 1, labelValues: ["y"] },
  ]);
  assert.deepEqual(first.read([{ id: "z", a: 3 }]), [{ value: 3, labelValues: ["z"] }]);
});

Deno.test("perItem() leaves out items without a value and keeps zeros", () => {
  const samples = perItem(THREE, {
    items: () => [null, 0, 7],
    value: (item) => item,
    labels: (item) => [`${item}`, "", ""],
  }).read(undefined);
  assert.deepEqual(samples?.map(({ value }) => value), [0, 7]);
});

Deno.test("single() has a sample for each number, zero included, and none for null", () => {
  assert.deepEqual(single(NONE, () => 0).read(undefined), [{ value: 0, labelValues: [] }]);
  assert.deepEqual(single(NONE, () => null).read(undefined), []);
});

Deno.test("sample() cuts label values of more than 1,024 characters, never within one", () => {
  const emoji = "\u{1f680}";
  const [exact, cut, cutEmoji] = sample(
    THREE,
    1,
    emoji.repeat(MAX_LABEL_VALUE_LENGTH),
    "x".repeat(5000),
    "x".repeat(MAX_LABEL_VALUE_LENGTH - 1) + emoji + "rest",
  ).labelValues;
  assert.equal(exact, emoji.repeat(1024));
  assert.equal(cut, "x".repeat(1024));
  assert.equal(cutEmoji, "x".repeat(1023) + emoji);
});

Deno.test("sample() gives a beginning of at most 1,024 whole characters of any text", () => {
  const text = fc.string({ unit: "binary", minLength: 1000, maxLength: 1100 });
  fc.assert(fc.property(text, (value) => {
    const [cut = ""] = sample(THREE, 1, value, "", "").labelValues;
    const seen = value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "\ufffd");
    assert.ok(seen.startsWith(cut) && cut.isWellFormed(), "no beginning in whole characters");
    assert.equal([...cut].length, Math.min([...value].length, MAX_LABEL_VALUE_LENGTH));
  }));
});

Deno.test("sample() replaces what nobody can see, and nothing else", () => {
  const invisible = ["\0", "\t", "\n", "\r", "\u001b", "\u007f", "\u0085", "\u2028", "\u2029"];
  for (const character of invisible) {
    const [value] = sample(THREE, 1, `a${character}b${character}`, "", "").labelValues;
    assert.equal(value, "a\ufffdb\ufffd", JSON.stringify(character));
  }
  const visible = ' \u00a0\u200d\ufeff\u{1f680}"\\';
  assert.equal(sample(THREE, 1, visible, "", "").labelValues[0], visible);
});

const REFUSED: readonly (readonly [Partial<Family>, RegExp])[] = [
  [{ name: "" }, /Invalid metric name ""/],
  [{ name: "1a" }, /Invalid metric name "1a"/],
  [{ name: "a-b" }, /Invalid metric name "a-b"/],
  [{ name: "a\n" }, /Invalid metric name "a\n"/],
  [{ type: "counter", name: "runs" }, /counter name "runs": it must end with "_total"/],
  [{ labels: [""] }, /Invalid label name "" for ok/],
  [{ labels: ["a:b"] }, /Invalid label name "a:b" for ok/],
  [{ labels: ["__name__"] }, /Invalid label name "__name__" for ok/],
  [{ labels: ["b", "a"] }, /Cannot declare ok: its labels must be in alphabetical order/],
  [{ labels: ["a", "a"] }, /Cannot declare ok: its labels must be in alphabetical order/],
];

for (const [declaration, message] of REFUSED) {
  Deno.test(`family() refuses ${JSON.stringify(declaration)}`, () => {
    const good: Family = { name: "ok", help: "h", type: "gauge", labels: [] };
    assert.throws(() => family({ ...good, ...declaration }), { name: "TypeError", message });
  });
}
