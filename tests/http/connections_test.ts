import assert from "node:assert/strict";
import type { Handler } from "../../src/http/answer.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const hello: Handler = () => Promise.resolve(new Response("hello\n"));

Deno.test("over the limit, the connection that has waited longest makes room", async () => {
  await using test = await startTestServer(hello, 2);
  using first = await RawClient.get(test.port, "/");
  await first.until("hello");
  using second = await RawClient.get(test.port, "/");
  await second.until("hello");
  // The first has the more recent request now.
  first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await eventually(() => first.received.split("hello").length === 3, "no second answer");
  using third = await RawClient.get(test.port, "/");
  await third.until("hello");
  await eventually(() => second.isClosed, "the connection that waited longest was kept");
  assert.equal(first.isClosed, false, "the connection used last was closed");
});

Deno.test("over the limit, connections with half-sent headers make room", async () => {
  await using test = await startTestServer(hello, 3);
  const slow = await Promise.all([1, 2, 3].map(() => RawClient.connect(test.port)));
  for (const client of slow) client.send("GET / HTTP/1.1\r\nHost:");
  for (let n = 0; n < 5; n++) {
    using client = await RawClient.get(test.port, "/");
    await client.until("hello");
  }
  await eventually(() => slow.some(({ isClosed }) => isClosed), "none made room");
  for (const client of slow) client[Symbol.dispose]();
});

Deno.test("over the limit, a connection whose request is being answered stays", async () => {
  const release = Promise.withResolvers<void>();
  let waiting = 0;
  await using test = await startTestServer(async (request) => {
    waiting++;
    await release.promise;
    return await hello(request);
  }, 2);
  const busy = [await RawClient.get(test.port, "/"), await RawClient.get(test.port, "/")];
  await eventually(() => waiting === 2, "the requests did not come");
  using refused = await RawClient.get(test.port, "/");
  await eventually(() => refused.isClosed, "a third connection was let in");
  assert.equal(refused.received, "", "a third request was answered");
  release.resolve();
  for (const client of busy) {
    await client.until("hello");
    client[Symbol.dispose]();
  }
});

Deno.test("over the limit, as many connections make room as have come, even all at once", async () => {
  await using test = await startTestServer(hello, 4);
  const clients = await Promise.all(
    Array.from({ length: 100 }, () => RawClient.connect(test.port)),
  );
  const open = () => clients.filter(({ isClosed }) => !isClosed).length;
  await eventually(() => open() <= 4, () => `${open()} connections are open`);
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("over the limit, answers that nobody reads make room for new requests", async () => {
  const long = new Uint8Array(32 * 1024 * 1024);
  await using test = await startTestServer(
    ({ url }) => Promise.resolve(new Response(url === "/long" ? long : "hello\n")),
    3,
  );
  const stuck = await Promise.all([1, 2, 3].map(async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
    await connection.write(new TextEncoder().encode("GET /long HTTP/1.1\r\nHost: a\r\n\r\n"));
    return connection;
  }));
  await new Promise((resolve) => setTimeout(resolve, 100));
  using client = await RawClient.get(test.port, "/");
  await client.until("hello");
  for (const connection of stuck) connection.close();
});
