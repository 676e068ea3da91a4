import assert from "node:assert/strict";
import { readReply } from "../../src/spacelift/read_reply.ts";

/** A body of so many spaces that fills whatever room it is offered, and remembers how much that was. */
function body(length: number) {
  let sent = 0;
  const test = { offered: 0, reads: 0, stream: new ReadableStream<Uint8Array<ArrayBuffer>>() };
  test.stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const view = controller.byobRequest?.view;
      assert.ok(view !== undefined && view !== null, "the reader brings no buffer");
      test.reads++;
      test.offered = Math.max(test.offered, sent + view.byteLength);
      const bytes = Math.min(view.byteLength, length - sent);
      if (bytes === 0) controller.close();
      new Uint8Array(view.buffer, view.byteOffset, bytes).fill(0x20);
      sent += bytes;
      controller.byobRequest?.respond(bytes);
    },
  });
  return test;
}

for (const bound of [100, 16_383, 16_384, 100_000, 5_000_000]) {
  Deno.test(`the buffer for a reply of ${bound} bytes at most is never longer by more than one`, async () => {
    const whole = body(bound);
    assert.equal((await readReply(whole.stream, bound)).length, bound);
    assert.equal(whole.offered, bound + 1);
    const tooLong = body(2 * bound);
    await assert.rejects(readReply(tooLong.stream, bound), { reason: "bad_response" });
    assert.equal(tooLong.offered, bound + 1);
  });
}

Deno.test("the buffer for a short reply stays small, and doubles for a long one", async () => {
  const short = body(1000);
  await readReply(short.stream, 8_000_000);
  assert.equal(short.offered, 16 * 1024);
  const long = body(8_000_000);
  await readReply(long.stream, 8_000_000);
  assert.ok(long.reads < 14, `${long.reads} reads`);
});

Deno.test("a reply without a body is empty", async () => {
  assert.equal(await readReply(null, 100), "");
});
