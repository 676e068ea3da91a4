import assert from "node:assert/strict";
import type { Handler, HttpRequest } from "../../src/http/answer.ts";
import { startServer } from "../../src/http/server.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const hello: Handler = () =>
  Promise.resolve(new Response("hello\n", { headers: { "x-answer": "42", "vary": "a, b" } }));

Deno.test("startServer() answers with the handler's status, headers and body", async () => {
  await using test = await startTestServer(() =>
    Promise.resolve(new Response("t\u00e9a", { status: 418, headers: { "x-pot": "short" } }))
  );
  const response = await fetch(test.url);
  assert.equal(response.status, 418);
  assert.equal(response.headers.get("x-pot"), "short");
  assert.equal(response.headers.get("content-length"), "4");
  assert.equal(await response.text(), "t\u00e9a");
});

Deno.test("startServer() answers HEAD like GET, without the body", async () => {
  await using test = await startTestServer(hello);
  const get = await headAndBody(test.port, "GET");
  const head = await headAndBody(test.port, "HEAD");
  assert.match(get.head, /^HTTP\/1\.1 200 OK\r\n.*content-length: 6\r\n/is);
  assert.equal(get.body, "hello\n");
  assert.equal(head.head, get.head);
  assert.equal(head.body, "");
});

Deno.test("startServer() hands on method, path, query and headers", async () => {
  const seen: HttpRequest[] = [];
  await using test = await startTestServer((request) => {
    seen.push(request);
    return Promise.resolve(new Response());
  });
  const response = await fetch(`${test.url}/a/../metrics?x=y`, {
    method: "DELETE",
    headers: { accept: "text/plain" },
  });
  await response.body?.cancel();
  const [request] = seen;
  assert.equal(request?.method, "DELETE");
  assert.equal(request.url.replace(/^http:\/\/[^/]+/, ""), "/metrics?x=y");
  assert.equal(request.headers.get("accept"), "text/plain");
});

for (const target of ["//", "http://[", "*", "/%", "http://elsewhere/metrics"]) {
  Deno.test(`startServer() lives on after a request for ${target}`, async () => {
    using log = captureLog();
    await using test = await startTestServer(hello);
    using client = await RawClient.connect(test.port);
    client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 [245]\d\d /, log.text);
    assert.equal((await headAndBody(test.port, "GET")).body, "hello\n");
  });
}

Deno.test("startServer() answers 500 when the handler throws, and logs why once", async () => {
  using log = captureLog();
  await using test = await startTestServer(() => Promise.reject(new Error("the reason")));
  const response = await fetch(`${test.url}/path`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal error, see the exporter's log\n");
  assert.equal(log.records.length, 1, log.text);
  assert.match(log.text, /"path":"\/path".*"error":"the reason"/);
});

Deno.test("startServer() tells the handler within 100 ms that the client left", async () => {
  using log = captureLog();
  const started = Promise.withResolvers<void>();
  let toldAt: number | undefined;
  await using test = await startTestServer((request) => {
    started.resolve();
    return new Promise((_, reject) => {
      request.signal.addEventListener("abort", () => {
        toldAt = performance.now();
        reject(request.signal.reason);
      });
    });
  });
  const client = await RawClient.get(test.port, "/metrics");
  await started.promise;
  const leftAt = performance.now();
  client[Symbol.dispose]();
  await eventually(() => toldAt !== undefined, "the handler was not told");
  const waited = (toldAt ?? NaN) - leftAt;
  assert.ok(waited < 100, `told after ${waited} ms`);
  assert.equal(log.text, "", "a client that leaves is no trouble to log");
});

Deno.test("startServer() does not abort a request whose answer was received", async () => {
  const signals: AbortSignal[] = [];
  await using test = await startTestServer((request) => {
    signals.push(request.signal);
    return hello(request);
  });
  using client = await RawClient.get(test.port, "/");
  await client.until("hello\n");
  client[Symbol.dispose]();
  await client.closed;
  assert.equal(signals[0]?.aborted, false);
});

Deno.test("startServer() closes a connection whose headers do not come to an end", async () => {
  await using test = await startTestServer(hello);
  using client = await RawClient.connect(test.port);
  const startedAt = performance.now();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  await eventually(() => client.isClosed, "it was left open", 20_000);
  const seconds = (performance.now() - startedAt) / 1000;
  assert.ok(seconds > 8 && seconds < 15, `closed after ${seconds} s`);
});

Deno.test("startServer() rejects for an address that is in use", async () => {
  await using test = await startTestServer(hello);
  const address = { hostname: "127.0.0.1", port: test.port };
  await assert.rejects(
    startServer({ address, maxConnections: 1, handler: hello }),
    { code: "EADDRINUSE" },
  );
});

Deno.test("startServer() listens on IPv4 too when no host is given", async () => {
  const address = { hostname: undefined, port: 0 };
  const server = await startServer({ address, maxConnections: 4, handler: hello });
  const answered = await headAndBody(server.address.port, "GET");
  await server.drain(0);
  assert.equal(answered.body, "hello\n");
});

async function headAndBody(port: number, method: string): Promise<{ head: string; body: string }> {
  using client = await RawClient.connect(port);
  client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await client.closed;
  const [head = "", body = ""] = client.received.split("\r\n\r\n");
  return { head: head.replace(/^date: .*\r\n/im, ""), body };
}
