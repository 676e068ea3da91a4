import assert from "node:assert/strict";
import { authenticate } from "../../src/app/authenticate.ts";
import { KeyRejected } from "../../src/spacelift/session.ts";
import { type SimulatedApiOptions, startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { RawClient } from "../support/raw_client.ts";
import { RawServer } from "../support/raw_server.ts";
import { startExporter, type TestExporter } from "../support/start_exporter.ts";

const READY = "Countdown complete - ready to serve metrics!";
const NOT_READY = "Not ready: the API has not accepted the API key yet\n";
const READINESS = ["/health", "/-/ready", "/readyz"];
const LIVENESS = ["/-/healthy", "/healthz", "/livez"];
const TLS_FOLDER = new URL("../support/tls/", import.meta.url);
const TLS = {
  cert: Deno.readTextFileSync(new URL("server.pem", TLS_FOLDER)),
  key: Deno.readTextFileSync(new URL("server.key", TLS_FOLDER)),
};

/** What every path of readiness and every path of liveness answers, which has to be the same. */
async function probe(test: TestExporter): Promise<{ ready: string; alive: string }> {
  const [ready = "", ...otherReady] = await answers(test, READINESS);
  const [alive = "", ...otherAlive] = await answers(test, LIVENESS);
  assert.deepEqual(otherReady, otherReady.map(() => ready));
  assert.deepEqual(otherAlive, otherAlive.map(() => alive));
  return { ready, alive };
}

async function answers(test: TestExporter, paths: readonly string[]): Promise<string[]> {
  return await Promise.all(paths.map(async (path) => {
    const response = await test.get({}, path);
    return `${response.status} ${await response.text()}`;
  }));
}

const WAITING = { ready: `503 ${NOT_READY}`, alive: "200 Healthy\n" };
const SERVING = { ready: `200 ${READY}`, alive: "200 Healthy\n" };

Deno.test("ready once the API has accepted the key, and during an outage later", async () => {
  using _log = captureLog();
  await using test = startExporter({ account: saasAccount() });
  assert.deepEqual(await probe(test), WAITING);
  assert.equal(test.demo.requests.count(), 0, "asking for health asked the API");
  await start(test);
  assert.deepEqual(await probe(test), SERVING);
  test.demo.faults.set("*", { status: 502 });
  test.demo.apiKey.revoke();
  const scrape = await test.get();
  assert.equal(scrape.status, 500, await scrape.text());
  assert.deepEqual(await probe(test), SERVING, "an outage took the readiness away");
});

Deno.test("ready as soon as a scrape has exchanged the key, whoever waits to try again", async () => {
  await using test = startExporter({ account: saasAccount() });
  await (await test.get()).text();
  assert.deepEqual(await probe(test), SERVING);
});

Deno.test("alive but no longer ready while draining", async () => {
  let draining = false;
  await using test = startExporter({ account: saasAccount(), isDraining: () => draining });
  await (await test.get()).text();
  draining = true;
  assert.deepEqual(await probe(test), { ready: "503 Shutting down\n", alive: "200 Healthy\n" });
});

/** Settings with which a new version must not take the place of the one before. */
const WRONG: Readonly<
  Record<string, {
    readonly url?: () => Promise<string>;
    readonly demo?: Partial<SimulatedApiOptions>;
    readonly reason: string;
  }>
> = {
  "unreachable": { url: closedPort, reason: "unreachable" },
  "the wrong endpoint": { url: () => Promise.resolve("/elsewhere"), reason: "bad_response" },
  "TLS that is not trusted": { demo: { tls: TLS }, reason: "unreachable" },
};

for (const [name, { url, demo, reason }] of Object.entries(WRONG)) {
  Deno.test(`not ready but alive with ${name}`, async () => {
    using log = captureLog();
    await using api = startSimulatedApi({ account: saasAccount(), ...demo });
    const given = await url?.() ?? "";
    await using test = startExporter({
      api,
      url: given.startsWith("/") || given === "" ? `${api.url}${given}` : given,
    });
    const stopping = new AbortController();
    const started = start(test, stopping.signal);
    await eventually(() => log.text.includes("retrying"), "the first try did not fail");
    assert.match(log.text, new RegExp(`"reason":"${reason}"`));
    assert.deepEqual(await probe(test), WAITING);
    stopping.abort();
    await assert.rejects(started, { name: "AbortError" });
  });
}

Deno.test("not ready with a rejected key, which ends the program", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.apiKey.revoke();
  await assert.rejects(start(test), (error) => error instanceof KeyRejected);
  assert.deepEqual(await probe(test), WAITING);
});

for (const path of ["//metrics", "//health", "//", "/-/", "/-/healthy/", "/./metrics/."]) {
  Deno.test(`GET ${path} as it stands on the wire is not found`, async () => {
    await using test = startExporter({ account: saasAccount() });
    using client = await RawClient.get(test.listen(), path);
    const answer = await client.until("Not found: try /metrics or /health\n");
    assert.match(answer, /^HTTP\/1\.1 404 /);
  });
}

async function start(
  { exporter }: TestExporter,
  signal = new AbortController().signal,
): Promise<void> {
  await authenticate(exporter.session, { clock: new FakeClock(), timeout: 5000, signal });
}

async function closedPort(): Promise<string> {
  const server = await RawServer.start(() => {});
  await server.close();
  return server.url;
}
