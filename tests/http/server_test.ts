import assert from "node:assert/strict";
import { systemClock } from "../../src/clock.ts";
import { createHandler, type Route } from "../../src/http/routes.ts";
import { type Serve, Server } from "../../src/http/server.ts";
import type { ListenAddress } from "../../src/listen_address.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { RawClient } from "../support/raw_client.ts";
import { runTool } from "../support/run_tool.ts";
import { startTestServer } from "../support/start_test_server.ts";
import { hasTool } from "../support/tools.ts";

const hello: Route = () =>
  Promise.resolve(new Response("hello\n", { headers: { "x-answer": "42", "vary": "a, b" } }));

Deno.test("Server answers with the handler's status, headers and body", async () => {
  await using test = startTestServer(() =>
    Promise.resolve(new Response("t\u00e9a", { status: 418, headers: { "x-pot": "short" } }))
  );
  const response = await fetch(test.url);
  assert.equal(response.status, 418);
  assert.equal(response.headers.get("x-pot"), "short");
  assert.equal(response.headers.get("content-length"), "4");
  assert.equal(await response.text(), "t\u00e9a");
});

Deno.test("Server answers HEAD like GET, without the body", async () => {
  await using test = startTestServer(hello);
  const get = await headAndBody(test.port, "GET");
  const head = await headAndBody(test.port, "HEAD");
  assert.match(get.head, /^HTTP\/1\.1 200 OK\r\n.*content-length: 6\r\n/is);
  assert.equal(get.body, "hello\n");
  assert.equal(head.head, get.head);
  assert.equal(head.body, "");
});

Deno.test("Server hands on method, path, query and headers", async () => {
  const seen: { method: string; url: string; accept: string | null }[] = [];
  await using test = startTestServer(({ method, url, headers }) => {
    seen.push({ method, url, accept: headers.get("accept") });
    return new Response();
  });
  const response = await fetch(`${test.url}/a/../metrics?x=y`, {
    method: "DELETE",
    headers: { accept: "text/plain" },
  });
  await response.body?.cancel();
  const [request] = seen;
  assert.equal(request?.method, "DELETE");
  assert.equal(request.url.replace(/^http:\/\/[^/]+/, ""), "/metrics?x=y");
  assert.equal(request.accept, "text/plain");
});

for (const target of ["//", "http://[", "*", "/%", "http://elsewhere/metrics"]) {
  Deno.test(`Server lives on after a request for ${target}`, async () => {
    using log = captureLog();
    await using test = startTestServer(hello);
    using client = await RawClient.connect(test.port);
    client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 [245]\d\d /, log.text);
    assert.equal((await headAndBody(test.port, "GET")).body, "hello\n");
  });
}

Deno.test("Server answers 500 when the handler throws, and logs why once", async () => {
  using log = captureLog();
  await using test = startTestServer(
    createHandler({ "/path": () => Promise.reject(new Error("the reason")) }),
  );
  const response = await fetch(`${test.url}/path`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal error, see the exporter's log\n");
  assert.equal(log.records.length, 1, log.text);
  assert.match(log.text, /"path":"\/path".*"error":"the reason"/);
});

Deno.test("Server tells the handler within 100 ms that the client left", async () => {
  using log = captureLog();
  const started = Promise.withResolvers<void>();
  let toldAt: number | undefined;
  const route: Route = ({ signal }) => {
    started.resolve();
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        toldAt = performance.now();
        reject(signal.reason);
      });
    });
  };
  await using test = startTestServer(createHandler({ "/metrics": route }));
  const client = await RawClient.get(test.port, "/metrics");
  await started.promise;
  const leftAt = performance.now();
  client[Symbol.dispose]();
  await eventually(() => toldAt !== undefined, "the handler was not told");
  const waited = (toldAt ?? NaN) - leftAt;
  assert.ok(waited < 100, `told after ${waited} ms`);
  assert.equal(log.text, "", "a client that leaves is no trouble to log");
});

Deno.test("Server does not abort a request whose answer was received", async () => {
  const signals: AbortSignal[] = [];
  await using test = startTestServer((request) => {
    signals.push(request.signal);
    return hello(request);
  });
  using client = await RawClient.get(test.port, "/");
  await client.until("hello\n");
  client[Symbol.dispose]();
  await client.closed;
  assert.equal(signals[0]?.aborted, false);
});

Deno.test("Server throws for an address that is in use", async () => {
  await using test = startTestServer(hello);
  const address = { hostname: "127.0.0.1", port: test.port };
  assert.throws(() => startServer(address), Deno.errors.AddrInUse);
});

Deno.test("Server listens on IPv4 too when no host is given", async () => {
  const server = startServer({ hostname: undefined, port: 0 });
  const answered = await headAndBody(server.address.port, "GET");
  await server.close();
  assert.equal(answered.body, "hello\n");
});

Deno.test("Server listens on IPv4 alone where IPv6 is switched off", async () => {
  const withoutIPv6: Serve = (options, handler) => {
    if (options.hostname === "::") throw new Error("Address family not supported by protocol");
    return Deno.serve(options, handler);
  };
  const server = startServer({ hostname: undefined, port: 0 }, withoutIPv6);
  assert.equal(server.address.hostname, "0.0.0.0");
  const answered = await headAndBody(server.address.port, "GET");
  await server.close();
  assert.equal(answered.body, "hello\n");
});

/** A `Deno.serve` whose first listener fails when told to, and after which some others cannot start. */
class FailingServe {
  readonly #failed = Promise.withResolvers<void>();
  readonly #port: number;
  #refusals: number;
  /** The signal of the first listener; undefined before it has started. */
  first: AbortSignal | undefined;

  constructor(port: number, refusals: number) {
    this.#port = port;
    this.#refusals = refusals;
  }

  readonly serve: Serve = (options, handler) => {
    if (this.first !== undefined) {
      if (this.#refusals-- > 0) throw new Deno.errors.AddrInUse("Address already in use");
      return Deno.serve(options, handler);
    }
    this.first = options.signal;
    return {
      addr: { transport: "tcp", hostname: "127.0.0.1", port: this.#port },
      finished: this.#failed.promise,
      shutdown: () => Promise.resolve(),
      ref: () => {},
      unref: () => {},
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  };

  fail(): void {
    this.#failed.reject(new Error("Too many open files (os error 24)"));
  }
}

for (const refusals of [0, 3]) {
  Deno.test(`Server listens again after its listener failed and ${refusals} tries in vain`, async () => {
    using log = captureLog();
    const clock = new FakeClock();
    const failing = new FailingServe(freePort(), refusals);
    let restarts = 0;
    const onRestart = () => restarts++;
    const address = { hostname: "127.0.0.1", port: 0 };
    const server = new Server({ address, handler: hello, clock, onRestart }, failing.serve);
    failing.fail();
    await settle();
    assert.equal(failing.first?.aborted, true, "the failed listener's connections are kept");
    await clock.advance(refusals * 30_000);
    const { body } = await headAndBody(server.address.port, "GET");
    await server.close();
    assert.equal(body, "hello\n");
    assert.equal(restarts, 1);
    assert.equal(log.records.length, 1 + refusals, log.text);
    assert.match(log.text, /"msg":"The HTTP listener failed.*Too many open files/);
    assert.equal(clock.pending, 0, "a timer is left");
  });
}

Deno.test("Server that is closed while it cannot listen again gives up", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  const failing = new FailingServe(freePort(), Infinity);
  const address = { hostname: "127.0.0.1", port: 0 };
  const options = { address, handler: hello, clock, onRestart: () => {} };
  const server = new Server(options, failing.serve);
  failing.fail();
  await clock.advance(60_000);
  await server.drain(5000);
  assert.equal(clock.pending, 0, "it tries on");
});

Deno.test("Server takes another certificate when nothing is being answered", {
  ignore: !await hasTool("openssl", "version"),
}, async () => {
  const clock = new FakeClock();
  const [first, second] = [await makeCertificate(), await makeCertificate()];
  const proceed = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = new Server({
    address: { hostname: "127.0.0.1", port: 0 },
    handler: async () => {
      arrived.resolve();
      await proceed.promise;
      return new Response("whole\n");
    },
    clock,
    tls: first,
    onRestart: () => assert.fail("a new certificate is no failure"),
  });
  const { port } = server.address;
  const scrape = runTool("curl", ["-sk", "-m10", `https://127.0.0.1:${port}/`]);
  await arrived.promise;
  const renewed = server.renew(second);
  await settle();
  assert.equal(await certificateAt(port), pem(first.cert), "a scrape was cut");
  proceed.resolve();
  assert.equal((await scrape).stdout, "whole\n");
  await clock.advance(20);
  await renewed;
  assert.equal(await certificateAt(port), pem(second.cert));
  assert.equal(clock.pending, 0, "a timer is left");
  await server.close();
});

Deno.test("Server waits no longer than five seconds to take another certificate", {
  ignore: !await hasTool("openssl", "version"),
}, async () => {
  const clock = new FakeClock();
  const [first, second] = [await makeCertificate(), await makeCertificate()];
  const arrived = Promise.withResolvers<void>();
  const server = new Server({
    address: { hostname: "127.0.0.1", port: 0 },
    handler: () => {
      arrived.resolve();
      return new Promise(() => {});
    },
    clock,
    tls: first,
    onRestart: () => {},
  });
  const { port } = server.address;
  const scrape = runTool("curl", ["-sk", "-m10", `https://127.0.0.1:${port}/`]);
  await arrived.promise;
  const renewed = server.renew(second);
  await clock.advance(5000);
  await renewed;
  assert.notEqual((await scrape).code, 0);
  assert.equal(await certificateAt(port), pem(second.cert));
  await server.close();
});

Deno.test("Server that takes two certificates at once listens once more, with the last", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  const listened: (string | undefined)[] = [];
  const withoutTls: Serve = ({ cert, key: _, ...options }, handler) => {
    listened.push(cert);
    return Deno.serve(options, handler);
  };
  const proceed = Promise.withResolvers<Response>();
  const arrived = Promise.withResolvers<void>();
  const server = new Server({
    address: { hostname: "127.0.0.1", port: 0 },
    handler: () => {
      arrived.resolve();
      return proceed.promise;
    },
    clock,
    onRestart: () => assert.fail("a new certificate is no failure"),
  }, withoutTls);
  const scrape = headAndBody(server.address.port, "GET");
  await arrived.promise;
  const renewed = ["second", "third"].map((cert) => server.renew({ cert, key: "" }));
  proceed.resolve(new Response("whole\n"));
  assert.equal((await scrape).body, "whole\n");
  await clock.advance(20);
  await Promise.all(renewed);
  assert.deepEqual(listened, [undefined, "third"]);
  assert.equal(clock.pending, 0, "one of them still waits");
  assert.equal(log.text, "");
  await server.close();
});

async function certificateAt(port: number): Promise<string> {
  const { stdout } = await runTool("openssl", ["s_client", "-connect", `127.0.0.1:${port}`]);
  return pem(stdout);
}

/** The first certificate in a text. */
function pem(text: string): string {
  return /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(text)?.[0] ?? "";
}

function startServer(address: ListenAddress, serve?: Serve): Server {
  return new Server({ address, handler: hello, clock: systemClock, onRestart: () => {} }, serve);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function headAndBody(port: number, method: string): Promise<{ head: string; body: string }> {
  using client = await RawClient.connect(port);
  client.send(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await client.closed;
  const [head = "", body = ""] = client.received.split("\r\n\r\n");
  return { head: head.replace(/^date: .*\r\n/im, ""), body };
}
