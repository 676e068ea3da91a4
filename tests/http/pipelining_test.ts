import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { respondWith } from "../../src/http/metrics_route.ts";
import { segment } from "../../src/metrics/gzip.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const MIB = 1024 * 1024;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("requests sent ahead on one connection are answered one at a time, in order", async () => {
  let atOnce = 0;
  let most = 0;
  let count = 0;
  await using test = startTestServer(async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 1));
    atOnce--;
    return new Response(`answer ${++count}\n`);
  });
  using client = await RawClient.connect(test.port);
  client.send(REQUEST.repeat(20));
  await client.until("answer 20\n");
  assert.equal(most, 1, "several answers were made at once");
  const answers = client.received.match(/answer \d+/g);
  assert.deepEqual(answers, Array.from({ length: 20 }, (_, index) => `answer ${index + 1}`));
});

Deno.test("an answer is taken piece by piece, only as fast as the client reads", async () => {
  const whole = segment(encode("x".repeat(32 * MIB)));
  let answered = 0;
  let taken = 0;
  await using test = startTestServer(() => {
    answered++;
    const { body, headers } = respondWith([whole], false, {});
    const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        taken += piece.length;
        controller.enqueue(piece);
      },
    });
    return Promise.resolve(new Response(body?.pipeThrough(counting) ?? null, { headers }));
  });
  const connections = await Promise.all(Array.from({ length: 20 }, async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
    await connection.write(encode(REQUEST));
    return connection;
  }));
  await eventually(() => answered === 20 && taken > 0, "nothing was sent");
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const connection of connections) connection.close();
  const mebibytes = taken / MIB;
  assert.ok(mebibytes < 200, `${mebibytes} MiB were taken for clients that read none of 640 MiB`);
});

for (const gzip of [false, true]) {
  Deno.test(`respondWith() shares the bytes of what was prepared, gzip: ${gzip}`, async () => {
    const random = crypto.getRandomValues(new Uint8Array(50_000)).join(" ");
    const prepared = segment(encode(random.repeat(4)));
    const { body } = respondWith([encode("head\n"), prepared, encode("tail\n")], gzip, {});
    const shared = gzip ? prepared.deflated : prepared.plain;
    let bytes = 0;
    for await (const piece of body ?? []) {
      assert.ok(piece.length <= 64 * 1024, `a piece has ${piece.length} bytes`);
      if (piece.buffer === shared.buffer) bytes += piece.length;
    }
    assert.equal(bytes, shared.length);
  });

  Deno.test(`respondWith() gives the length of its body, gzip: ${gzip}`, async () => {
    for (const text of ["", "short", "long".repeat(100_000)]) {
      const bytes = encode(text);
      const response = respondWith([bytes, segment(bytes)], gzip, { "x-name": "a" });
      assert.equal(response.headers.get("x-name"), "a");
      assert.equal(response.headers.get("content-encoding"), gzip ? "gzip" : null);
      const length = Number(response.headers.get("content-length"));
      const body = await response.bytes();
      assert.equal(body.length, length);
      const plain = gzip ? gunzipSync(body) : body;
      assert.equal(new TextDecoder().decode(plain), text + text);
    }
  });
}
