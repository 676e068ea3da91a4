import assert from "node:assert/strict";
import fc from "fast-check";
import { Utf8Writer } from "../../src/metrics/utf8_writer.ts";
import { joinBytes } from "../support/join_bytes.ts";

/** Text of one to four bytes a character, at times longer than what is encoded at once. */
const text = fc.tuple(fc.string({ unit: "binary", maxLength: 20 }), fc.nat(1000)).map(
  ([text, times]) => text.repeat(times),
);

Deno.test("what is taken, whenever it is, is what was written, in UTF-8", () => {
  fc.assert(fc.property(fc.array(fc.array(text, { maxLength: 5 })), (parts) => {
    const out = new Utf8Writer();
    const taken = parts.map((texts) => {
      for (const text of texts) out.write(text);
      return out.take();
    });
    for (const [index, texts] of parts.entries()) {
      assert.equal(new TextDecoder().decode(taken[index]), texts.join(""));
    }
    assert.deepEqual(joinBytes(taken), new TextEncoder().encode(parts.flat().join("")));
  }));
});

Deno.test("nothing is taken twice", () => {
  const out = new Utf8Writer();
  out.write("once");
  assert.equal(out.take().length, 4);
  assert.equal(out.take().length, 0);
});
