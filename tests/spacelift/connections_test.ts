import assert from "node:assert/strict";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ForgetfulProxy } from "../support/forgetful_proxy.ts";
import { SIGNAL, startClient, USAGE } from "../support/start_client.ts";
import { requestsUnderWay } from "../support/requests_under_way.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";

const SEATS = { usage: { usedSeats: 7 } };

const readTls = (name: string) =>
  Deno.readTextFileSync(new URL(`../support/tls/${name}`, import.meta.url));
const TLS = { cert: readTls("server.pem"), key: readTls("server.key") };
const TRUST = { caCertificates: [readTls("ca.pem")] };

/** An API that offers HTTP/2 and HTTP/1.1, and what stands before it. */
async function startApi() {
  const demo = startSimulatedApi({ account: saasAccount(), tls: TLS });
  const proxy = await ForgetfulProxy.start(demo.url);
  return {
    demo,
    proxy,
    url: `https://localhost:${proxy.port}`,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await demo.close();
    },
  };
}

const FOUR = onlyCollectors("publicworkerpool", "workerpools", "usage", "aggregates");

Deno.test("once a middlebox forgot every connection, one scrape times out and the next is whole", async () => {
  using _log = captureLog();
  await using api = await startApi();
  const clock = new FakeClock();
  await using test = startExporter({
    api: api.demo,
    url: api.url,
    clock,
    flags: [...FOUR, "--max-staleness=0"],
    ...TRUST,
  });
  const scrape = async (isLost: boolean) => {
    const started = clock.monotonic();
    let text: string | undefined;
    test.get().then(async (response) => text = await response.text());
    const isOver = () => text !== undefined;
    if (isLost) {
      const areSent = () => requestsUnderWay(test.exporter.instruments) === 4;
      await eventually(areSent, "the API is not asked");
      await clock.advance(5000);
    }
    await eventually(isOver, "the scrape does not end");
    const good = text?.match(/_success\{.*\} 1$/gm)?.length ?? 0;
    return { good, ms: clock.monotonic() - started };
  };
  assert.deepEqual(await scrape(false), { good: 4, ms: 0 });
  api.proxy.forget();
  assert.deepEqual(await scrape(true), { good: 0, ms: 5000 });
  assert.deepEqual(await scrape(false), { good: 4, ms: 0 });
});

Deno.test("connections that lay idle beside a dead one are not tried one after the other", async () => {
  await using api = await startApi();
  using test = startClient(api.url, TRUST);
  api.demo.faults.set(USAGE.name, { delayMs: 50 });
  await Promise.all(Array.from({ length: 8 }, () => test.client.query(USAGE, { signal: SIGNAL })));
  api.demo.faults.clear();
  api.proxy.forget();
  const signal = AbortSignal.timeout(200);
  await assert.rejects(test.client.query(USAGE, { signal }), { name: "TimeoutError" });
  const next = test.client.query(USAGE, { signal: AbortSignal.timeout(5000) });
  assert.deepEqual(await next, SEATS);
});

Deno.test("a request that is given up takes none with it that is under way", async () => {
  await using api = await startApi();
  using test = startClient(api.url, TRUST);
  await test.session.token(SIGNAL);
  api.demo.faults.set(USAGE.name, { delayMs: 300 });
  const slow = test.client.query(USAGE, { signal: SIGNAL });
  await eventually(() => api.demo.requests.count(USAGE.name) === 1, "it was not sent");
  const leaving = new AbortController();
  const left = test.client.query(USAGE, { signal: leaving.signal });
  await eventually(() => api.demo.requests.count(USAGE.name) === 2, "it was not sent");
  leaving.abort(new Error("enough"));
  await assert.rejects(left, /enough/);
  assert.deepEqual(await slow, SEATS);
});

Deno.test("scrape after scrape goes over the connections of the first", async () => {
  await using api = await startApi();
  await using test = startExporter({ api: api.demo, url: api.url, flags: FOUR, ...TRUST });
  for (let n = 0; n < 20; n++) await (await test.get()).body?.cancel();
  assert.equal(api.demo.requests.count(), 1 + 20 * 4);
  assert.ok(api.proxy.connections <= 4, `${api.proxy.connections} connections`);
});

Deno.test("a server that restarts between two requests costs neither", async () => {
  const demo = startSimulatedApi({ account: saasAccount(), tls: TLS });
  using test = startClient(demo.url, TRUST);
  assert.deepEqual(await test.client.query(USAGE, { signal: SIGNAL }), SEATS);
  await demo.close();
  const port = Number(new URL(demo.url).port);
  await using _restarted = startSimulatedApi({ account: saasAccount(), tls: TLS, port });
  using _log = captureLog();
  assert.deepEqual(await test.client.query(USAGE, { signal: SIGNAL }), SEATS);
});
