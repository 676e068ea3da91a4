import assert from "node:assert/strict";
import process from "node:process";
import { respondWith } from "../../src/http/body.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("requests sent ahead on one connection are answered one at a time, in order", async () => {
  let atOnce = 0;
  let most = 0;
  let count = 0;
  await using test = await startTestServer(async () => {
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

Deno.test("an answer is taken from its parts only as fast as the client reads", async () => {
  let taken = 0;
  const part = new Uint8Array(1024 * 1024);
  function* parts(): Generator<Uint8Array> {
    for (let n = 0; n < 200; n++) {
      taken++;
      yield part;
    }
  }
  await using test = await startTestServer(() =>
    Promise.resolve(
      new Response(ReadableStream.from(parts()), {
        headers: { "content-length": String(200 * part.length) },
      }),
    )
  );
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
  await connection.write(new TextEncoder().encode(REQUEST));
  await eventually(() => taken > 0, "nothing was sent");
  await new Promise((resolve) => setTimeout(resolve, 200));
  connection.close();
  assert.ok(taken < 50, `${taken} MiB were taken for a client that reads nothing`);
});

Deno.test("respondWith() tells the length of its parts", async () => {
  const response = respondWith(
    [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)],
    new Headers(),
  );
  assert.equal(response.headers.get("content-length"), "3");
  assert.deepEqual(await response.bytes(), Uint8Array.of(1, 2, 3));
});

Deno.test("a connection that sees many answers gathers nothing", async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on("warning", onWarning);
  await using test = await startTestServer(() => Promise.resolve(new Response("hello\n")));
  using client = await RawClient.connect(test.port);
  for (let count = 1; count <= 30; count++) {
    client.send(REQUEST);
    await eventually(() => client.received.split("hello").length === count + 1, "no answer");
  }
  process.off("warning", onWarning);
  assert.deepEqual(warnings, []);
});
