import assert from "node:assert/strict";
import { ask, DOCUMENTS, logIn, post } from "../demo/api/api_calls.ts";
import { ACCOUNT } from "../demo/api/sample_account.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { startSimulatedApi } from "./simulated_api.ts";

const USAGE = DOCUMENTS.PrometheusExporter_Usage;
const STACKS = DOCUMENTS.PrometheusExporter_Stacks;

Deno.test("requests are recorded with what they carried and how they ended", async () => {
  const clock = new FakeClock();
  await using server = startSimulatedApi({ account: ACCOUNT, clock });
  const jwt = await logIn(server);
  await clock.advance(250);
  await ask(server, { document: STACKS, variables: { first: 7 }, jwt });
  const [exchange, request] = server.requests.list();
  assert.equal(exchange?.operation, "apiKeyUser");
  assert.equal(exchange?.operationName, undefined);
  assert.equal(request?.operation, "PrometheusExporter_Stacks");
  assert.equal(request?.document, STACKS);
  assert.deepEqual(request?.variables, { first: 7 });
  assert.equal(request?.headers["authorization"], `Bearer ${jwt}`);
  assert.equal(request?.at, 250);
  assert.equal(await request?.ended, "answered");
  assert.equal(server.requests.inFlight, 0);
  assert.equal(server.requests.count(), 2);
  assert.equal(server.requests.count("PrometheusExporter_Stacks"), 1);
  assert.equal(server.requests.count("PrometheusExporter_Usage"), 0);
});

Deno.test("with a certificate the server speaks HTTPS", async () => {
  const read = (name: string) =>
    Deno.readTextFile(new URL(`../support/tls/${name}`, import.meta.url));
  const tls = { cert: await read("server.pem"), key: await read("server.key") };
  await using server = startSimulatedApi({ account: ACCOUNT, tls });
  using client = Deno.createHttpClient({ caCerts: [await read("ca.pem")] });
  const body = JSON.stringify({ query: "{viewer{id}}" });
  const response = await fetch(`${server.url}/graphql`, { method: "POST", body, client });
  assert.deepEqual(await response.json(), { data: { viewer: null } });
  await assert.rejects(fetch(`${server.url}/graphql`, { method: "POST", body }), TypeError);
});

Deno.test("a client that leaves in the middle of its request does no harm", async () => {
  await using server = startSimulatedApi({ account: ACCOUNT });
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = "POST /graphql HTTP/1.1\r\nhost: demo\r\ncontent-length: 100\r\n\r\n";
  await connection.write(new TextEncoder().encode(`${head}{`));
  connection.close();
  assert.deepEqual(await ask(server, { document: "{viewer{id}}" }), { data: { viewer: null } });
  assert.equal(server.requests.count(), 1);
});

Deno.test("close() ends at once with requests hanging, delayed and trickling", async () => {
  const server = startSimulatedApi({ account: ACCOUNT });
  const body = "x".repeat(1000);
  server.faults.set("hang", { hang: true });
  server.faults.set("delay", { delayMs: 60_000 });
  server.faults.set("trickle", { body, trickle: { bytes: 1, everyMs: 60_000 } });
  const cut = ["hang", "delay", "trickle"].map(async (operation) => {
    const response = await post(server, { document: `query ${operation}{viewer{id}}` });
    await response.text();
  });
  await Promise.all(["hang", "delay", "trickle"].map((name) => server.requests.arrived(name)));
  const outcomes = Promise.allSettled(cut);
  await server.close();
  for (const outcome of await outcomes) assert.equal(outcome.status, "rejected");
  await assert.rejects(post(server, { document: USAGE }), TypeError);
});
