import assert from "node:assert/strict";
import { AccessDenied, ApiError } from "../../src/spacelift/api_error.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { SIGNAL, startClient, USAGE } from "../support/start_client.ts";

const SEATS = { usage: { usedSeats: 7 } };
const AGGREGATES = { ...USAGE, ...nameOf("PrometheusExporter_Aggregates") };

function nameOf(name: string) {
  return { name, document: USAGE.document.replace(USAGE.name, name) };
}

function start() {
  const clock = new FakeClock();
  const demo = startSimulatedApi({ account: saasAccount(), clock });
  const log = captureLog();
  const test = startClient(demo.url, { clock });
  return {
    clock,
    demo,
    log,
    query: (operation = USAGE) => test.client.query(operation, { signal: SIGNAL }),
    sent: () => demo.requests.list().map(({ operation }) => operation),
    async [Symbol.asyncDispose]() {
      test[Symbol.dispose]();
      log[Symbol.dispose]();
      await demo.close();
    },
  };
}

Deno.test("queries share one token", async () => {
  await using test = start();
  assert.deepEqual(await test.query(), SEATS);
  assert.deepEqual(await test.query(), SEATS);
  assert.deepEqual(test.sent(), ["apiKeyUser", USAGE.name, USAGE.name]);
});

for (
  const [what, fault] of [
    ["an unauthorized error", { errors: ["unauthorized"] }],
    ["HTTP 401", { status: 401 }],
    ["HTTP 403", { status: 403 }],
    ["an expired token", { expireToken: true }],
  ] as const
) {
  Deno.test(`${what} leads to one exchange and one more try of the same operation`, async () => {
    await using test = start();
    test.demo.faults.set(USAGE.name, fault, { times: 1 });
    assert.deepEqual(await test.query(), SEATS);
    assert.deepEqual(test.sent(), ["apiKeyUser", USAGE.name, "apiKeyUser", USAGE.name]);
    const [first, second] = test.demo.requests.list(USAGE.name);
    assert.equal(second?.operationName, first?.operationName);
    assert.notEqual(second?.headers["authorization"], first?.headers["authorization"]);
    assert.match(test.log.text, /"msg":"The API rejected the token/);
  });
}

for (const fault of [{ status: 500 }, { errors: ["boom"] }, { status: 429 }, { body: "<html>" }]) {
  Deno.test(`${JSON.stringify(fault)} leads to no second try`, async () => {
    await using test = start();
    test.demo.faults.set(USAGE.name, fault, { times: 1 });
    await assert.rejects(test.query(), { name: "ApiError" });
    assert.deepEqual(test.sent(), ["apiKeyUser", USAGE.name]);
  });
}

Deno.test("an operation that a new token does not help is not given another for five minutes", async () => {
  await using test = start();
  test.demo.faults.set(USAGE.name, { errors: ["unauthorized"] });
  const refused = () => assert.rejects(test.query(), { reason: "unauthorized" });
  await refused();
  assert.equal(test.demo.requests.count("apiKeyUser"), 2);
  for (let n = 0; n < 4; n++) {
    await test.clock.advance(59_000);
    await refused();
  }
  assert.equal(test.demo.requests.count("apiKeyUser"), 2, "exchanged again for a missing right");
  assert.equal(test.demo.requests.count(USAGE.name), 6, "an operation without a right is tried on");
  await test.clock.advance(64_000);
  await refused();
  assert.equal(test.demo.requests.count("apiKeyUser"), 3);
});

for (const order of ["one after the other", "at once"]) {
  Deno.test(`two operations without a right, asked ${order}, do not take each other's tokens`, async () => {
    await using test = start();
    const operations = [USAGE, AGGREGATES];
    for (const { name } of operations) test.demo.faults.set(name, { errors: ["unauthorized"] });
    const refused = (operation: typeof USAGE) =>
      assert.rejects(test.query(operation), { reason: "unauthorized" });
    for (let round = 0; round < 20; round++) {
      if (order === "at once") await Promise.all(operations.map(refused));
      else for (const operation of operations) await refused(operation);
      await test.clock.advance(10_000);
    }
    const exchanges = test.demo.requests.count("apiKeyUser");
    assert.ok(exchanges <= 3, `${exchanges} exchanges in 20 rounds`);
  });
}

Deno.test("the right comes back without a new token", async () => {
  await using test = start();
  test.demo.faults.set(USAGE.name, { errors: ["unauthorized"] });
  await assert.rejects(test.query());
  test.demo.faults.clear();
  assert.deepEqual(await test.query(), SEATS);
});

Deno.test("a success forgets a denial: the session that is lost next is renewed at once", async () => {
  await using test = start();
  test.demo.faults.set(USAGE.name, { status: 403 }, { times: 2 });
  await assert.rejects(test.query(), { reason: "unauthorized" });
  assert.deepEqual(await test.query(), SEATS);
  test.demo.apiKey.revokeTokens();
  assert.deepEqual(await test.query(), SEATS);
});

Deno.test("an operation that was once denied works with the token of another's exchange", async () => {
  await using test = start();
  test.demo.faults.set(USAGE.name, { errors: ["unauthorized"] }, { times: 2 });
  await assert.rejects(test.query());
  test.demo.apiKey.revokeTokens();
  assert.deepEqual(await test.query(AGGREGATES), SEATS);
  assert.deepEqual(await test.query(), SEATS);
  assert.equal(test.demo.requests.count("apiKeyUser"), 3);
});

Deno.test("32 queries that lose their session at once cost one exchange", async () => {
  await using test = start();
  await test.query();
  test.demo.apiKey.revokeTokens();
  const results = await Promise.all(Array.from({ length: 32 }, () => test.query()));
  assert.deepEqual(results, Array(32).fill(SEATS));
  assert.equal(test.demo.requests.count("apiKeyUser"), 2);
});

Deno.test("a revoked key is unauthorized, query after query", async () => {
  await using test = start();
  await test.query();
  test.demo.apiKey.revoke();
  await assert.rejects(test.query(), { reason: "unauthorized" });
  await assert.rejects(test.query(), { reason: "unauthorized" });
  test.demo.apiKey.setSecret("demo-secret");
  assert.deepEqual(await test.query(), SEATS);
});

Deno.test("a refusal is a missing right only while others are answered with the same token", async () => {
  await using test = start();
  const refused = async (operation = AGGREGATES) => {
    const error = await test.query(operation).then(() => undefined, (error: unknown) => error);
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.reason, "unauthorized");
    assert.match(error.message, /unauthorized/);
    return error instanceof AccessDenied;
  };
  await test.query();
  test.demo.faults.set(AGGREGATES.name, { errors: ["unauthorized"] });
  assert.equal(await refused(), false, "nobody has tried the new token");
  await test.query();
  assert.equal(await refused(), true);
  test.demo.faults.set(USAGE.name, { errors: ["unauthorized"] });
  await refused(USAGE);
  assert.equal(await refused(), false, "the token is another's again");
});
