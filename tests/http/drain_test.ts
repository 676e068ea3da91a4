import assert from "node:assert/strict";
import type { Route } from "../../src/http/routes.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

/** A handler that answers when told to. */
function heldBack(): { handler: Route; asked: Promise<void>; answer: () => void } {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<Response>();
  const handler = () => {
    asked.resolve();
    return held.promise;
  };
  return {
    handler,
    asked: asked.promise,
    answer: () => held.resolve(new Response("finished")),
  };
}

Deno.test("drain() lets a request that is being answered finish, and refuses new ones", async () => {
  const { handler, asked, answer } = heldBack();
  await using test = startTestServer(handler);
  using client = await RawClient.get(test.port, "/");
  await asked;
  let isDrained = false;
  const drained = test.drain(60_000).then(() => isDrained = true);
  await assert.rejects(RawClient.connect(test.port), { code: "ECONNREFUSED" });
  assert.equal(isDrained, false, "drained with a request in flight");
  answer();
  await client.until("finished");
  await drained;
});

Deno.test("drain() is not held up by a client that keeps its connection open", async () => {
  const { handler, asked, answer } = heldBack();
  await using test = startTestServer(handler);
  using client = await RawClient.get(test.port, "/");
  await asked;
  const startedAt = performance.now();
  const drained = test.drain(60_000);
  answer();
  await drained;
  const waited = performance.now() - startedAt;
  await client.closed;
  assert.match(client.received, /\r\nconnection: close\r\n[^]*finished$/i);
  assert.ok(waited < 30_000, `drained after ${waited} ms`);
});

Deno.test("drain() closes connections without a request at once", async () => {
  await using test = startTestServer(() => Promise.resolve(new Response("hello")));
  using used = await RawClient.get(test.port, "/");
  await used.until("hello");
  using silent = await RawClient.connect(test.port);
  using slow = await RawClient.connect(test.port);
  slow.send("GET / HTTP/1.1\r\nHost:");
  const drained = test.drain(60_000);
  for (const client of [used, silent, slow]) {
    await eventually(() => client.isClosed, "a connection without a request was kept");
  }
  await drained;
});

Deno.test("drain() resolves at its limit though a request is still being answered", async () => {
  const { handler, asked, answer } = heldBack();
  await using test = startTestServer(handler);
  using client = await RawClient.get(test.port, "/");
  await asked;
  const startedAt = performance.now();
  await test.drain(50);
  const waited = performance.now() - startedAt;
  assert.ok(waited >= 45 && waited < 30_000, `drained after ${waited} ms`);
  assert.equal(client.received, "");
  // The process would end here; the test must not leave the request behind.
  answer();
  await client.closed;
});

Deno.test("drain() lets every request finish that a client had sent ahead", async () => {
  const held = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using test = startTestServer(async ({ url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/slow") {
      asked.resolve();
      await held.promise;
    }
    return new Response(`answer to ${pathname}\n`);
  });
  using client = await RawClient.connect(test.port);
  client.send("GET /fast HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  await asked.promise;
  const drained = test.drain(60_000);
  held.resolve();
  await client.until("answer to /slow");
  await drained;
  assert.match(client.received, /answer to \/fast\n[^]*answer to \/slow\n/);
});
