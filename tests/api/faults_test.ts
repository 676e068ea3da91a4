import assert from "node:assert/strict";
import { emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import { put } from "./faults.ts";
import { type SimulatedApi, startSimulatedApi } from "./simulated_api.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ask, DOCUMENTS, EXCHANGE, logIn, post } from "../demo/api/api_calls.ts";

const USAGE = "PrometheusExporter_Usage";
const STACKS = "PrometheusExporter_Stacks";

/** One request of the operation `PrometheusExporter_Usage`, with what came back. */
async function askUsage(server: SimulatedApi): Promise<{ status: number; text: string }> {
  const jwt = await logIn(server);
  const response = await post(server, { document: DOCUMENTS[USAGE], jwt });
  return { status: response.status, text: await response.text() };
}

function start(clock?: FakeClock): SimulatedApi {
  const stacks = Array.from({ length: 5 }, (_, index) => plainStack(`s${index}`));
  return startSimulatedApi({ account: { ...emptyAccount(), stacks }, ...(clock && { clock }) });
}

Deno.test("a fault gives its status, headers and body, text or bytes or stream", async () => {
  await using server = start();
  const bytes = new TextEncoder().encode("\u{1F4A5}");
  for (const body of ["\u{1F4A5}", bytes, new Blob([bytes]).stream()]) {
    const headers = { "retry-after": "7", "content-type": "text/html" };
    server.faults.set(USAGE, { status: 502, headers, body }, { times: 1 });
    const response = await post(server, { document: DOCUMENTS[USAGE] });
    assert.equal(response.status, 502);
    assert.equal(response.headers.get("retry-after"), "7");
    assert.equal(response.headers.get("content-type"), "text/html");
    assert.equal(await response.text(), "\u{1F4A5}");
  }
});

Deno.test("a fault with a status alone has an empty body", async () => {
  await using server = start();
  for (const status of [204, 401, 429, 503]) {
    server.faults.set(USAGE, { status }, { times: 1 });
    assert.deepEqual(await askUsage(server), { status, text: "" });
  }
});

Deno.test("a fault gives GraphQL errors in place of the data or beside it", async () => {
  await using server = start();
  server.faults.set(USAGE, { errors: ["one", "two"] }, { times: 1 });
  const without = await askUsage(server);
  assert.equal(without.text, '{"data":null,"errors":[{"message":"one"},{"message":"two"}]}');
  server.faults.set(USAGE, { errors: ["one"], keepData: true }, { times: 1 });
  const beside = await askUsage(server);
  assert.match(beside.text, /"usedSeats":0.*"errors":\[{"message":"one"}\]/);
  server.faults.set(USAGE, { status: 401, errors: ["unauthorized"] }, { times: 1 });
  assert.equal((await askUsage(server)).status, 401);
});

Deno.test("a fault edits the true reply", async () => {
  await using server = start();
  const edits = [
    [put("data.usage.usedSeats", "many"), /"usedSeats":"many"/],
    [put("data.usage.usedSeats", null), /"usedSeats":null/],
    [put("data.usage.usedSeats", undefined), /"usedPublicMinutes":0}/],
    [put("data.usage", null), /^{"data":{"usage":null}}$/],
    [() => ["not", "an", "object"], /^\["not","an","object"\]$/],
    [() => null, /^null$/],
  ] as const;
  for (const [edit, expected] of edits) {
    server.faults.set(USAGE, { edit }, { times: 1 });
    assert.match((await askUsage(server)).text, expected);
  }
  assert.throws(() => put("data.nothing.here", 1)({ data: {} }), /"data\.nothing\.here"/);
});

Deno.test("a fault expires the request's token and no other", async () => {
  await using server = start();
  const [one, other] = [await logIn(server), await logIn(server)];
  server.faults.set(USAGE, { expireToken: true }, { times: 1 });
  const usage = async (jwt: string) =>
    JSON.stringify(await ask(server, { document: DOCUMENTS[USAGE], jwt }));
  assert.match(await usage(one), /unauthorized/);
  assert.match(await usage(one), /unauthorized/);
  assert.doesNotMatch(await usage(other), /unauthorized/);
});

Deno.test("a fault delays the true answer by the server's clock", async () => {
  const clock = new FakeClock();
  await using server = start(clock);
  server.faults.set(USAGE, { delayMs: 1000 });
  const answer = askUsage(server);
  await server.requests.arrived(USAGE);
  await clock.advance(999);
  const [request] = server.requests.list(USAGE);
  assert.equal(request?.outcome, undefined, "Answered before its time");
  assert.equal(server.requests.inFlight, 1);
  await clock.advance(1);
  assert.match((await answer).text, /usedSeats/);
  assert.equal(clock.pending, 0);
});

Deno.test("a request that hangs tells when its client left", async () => {
  await using server = start();
  const left = new AbortController();
  server.faults.set(USAGE, { hang: true });
  const answer = post(server, { document: DOCUMENTS[USAGE], signal: left.signal });
  await server.requests.arrived(USAGE);
  const [request] = server.requests.list(USAGE);
  assert.equal(request?.outcome, undefined);
  left.abort();
  await assert.rejects(answer, { name: "AbortError" });
  assert.equal(await request?.ended, "aborted");
  assert.equal(server.requests.inFlight, 0);
  await logIn(server);
  assert.equal(await server.requests.list("apiKeyUser")[0]?.ended, "answered");
  assert.equal(server.requests.inFlight, 0, "A request that ended was counted twice");
});

Deno.test("a delayed request whose client left leaves no timer", async () => {
  const clock = new FakeClock();
  await using server = start(clock);
  const left = new AbortController();
  server.faults.set(USAGE, { delayMs: 60_000 });
  const answer = post(server, { document: DOCUMENTS[USAGE], signal: left.signal });
  await server.requests.arrived(USAGE);
  left.abort();
  await assert.rejects(answer, { name: "AbortError" });
  await server.requests.list(USAGE)[0]?.ended;
  assert.equal(clock.pending, 0);
});

Deno.test("a body trickles in pieces, by the server's clock", async () => {
  const clock = new FakeClock();
  await using server = start(clock);
  server.faults.set(USAGE, { body: "abcde", trickle: { bytes: 2, everyMs: 100 } });
  const response = await post(server, { document: DOCUMENTS[USAGE] });
  assert.equal(response.headers.get("content-length"), "5");
  const text = response.text();
  await clock.advance(299);
  assert.equal(server.requests.inFlight, 1);
  await clock.advance(1);
  assert.equal(await text, "abcde");
});

Deno.test("a body that trickles ends when its client leaves", async () => {
  await using server = start();
  const left = new AbortController();
  server.faults.set(USAGE, { body: "abcde", trickle: { bytes: 1, everyMs: 20 } });
  const response = await post(server, { document: DOCUMENTS[USAGE], signal: left.signal });
  left.abort();
  await assert.rejects(response.text(), { name: "AbortError" });
  assert.equal(await server.requests.list(USAGE)[0]?.ended, "aborted");
});

Deno.test("a body is cut short below its announced length", async () => {
  await using server = start();
  server.faults.set(USAGE, { cutAfter: 10 });
  await assert.rejects(askUsage(server), /error reading a body/);
});

Deno.test("counted faults come first and in order, then the standing one, then none", async () => {
  await using server = start();
  server.faults.set("*", { status: 500 });
  server.faults.set(USAGE, { status: 501 });
  server.faults.set(USAGE, { status: 502 }, { times: 2 });
  server.faults.set(USAGE, { status: 503 }, { times: 1 });
  const status = async () => {
    const response = await post(server, { document: DOCUMENTS[USAGE] });
    await response.body?.cancel();
    return response.status;
  };
  const seen = [];
  for (let n = 0; n < 4; n++) seen.push(await status());
  server.faults.clear(USAGE);
  seen.push(await status());
  server.faults.clear();
  seen.push(await status());
  assert.deepEqual(seen, [502, 502, 503, 501, 500, 200]);
});

Deno.test("a fault is for one operation, the unnamed exchange included", async () => {
  await using server = start();
  server.faults.set("apiKeyUser", { edit: put("data.apiKeyUser.validUntil", 0) });
  const variables = { id: "demo-key", secret: "demo-secret" };
  const exchanged = await ask(server, { document: EXCHANGE, variables });
  assert.match(JSON.stringify(exchanged), /"validUntil":0/);
  assert.equal((await askUsage(server)).status, 200);
});

Deno.test("a fault can be for one page of a walk", async () => {
  await using server = start();
  const jwt = await logIn(server);
  const second = btoa("position:2");
  server.faults.set(STACKS, { status: 500 }, { when: ({ after }) => after === second });
  const pages = [undefined, second, btoa("position:4")].map(async (after) => {
    const variables = { first: 2, after };
    const response = await post(server, { document: DOCUMENTS[STACKS], variables, jwt });
    await response.body?.cancel();
    return response.status;
  });
  assert.deepEqual(await Promise.all(pages), [200, 500, 200]);
});

Deno.test("a counted fault with a condition is kept for the call it is meant for", async () => {
  await using server = start();
  const when = ({ first }: Record<string, unknown>) => first === 2;
  server.faults.set(STACKS, { status: 500 }, { times: 1, when });
  const statuses = [];
  for (const first of [1, 2, 2]) {
    const response = await post(server, { document: DOCUMENTS[STACKS], variables: { first } });
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assert.deepEqual(statuses, [200, 500, 200]);
});
