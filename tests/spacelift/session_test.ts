import assert from "node:assert/strict";
import { type Fault, put } from "../api/faults.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { Secret } from "../../src/secret.ts";
import { ApiError, type Reason } from "../../src/spacelift/api_error.ts";
import { KeyRejected } from "../../src/spacelift/session.ts";
import { saasAccount } from "../support/accounts.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { SIGNAL, startClient } from "../support/start_client.ts";

const EXCHANGE = "apiKeyUser";
const TEN_HOURS = 36_000_000;

function start(demoOptions: { tokenLifetimeSeconds?: number } = {}) {
  const clock = new FakeClock();
  const demo = startSimulatedApi({ account: saasAccount(), clock, ...demoOptions });
  const test = startClient(demo.url, { clock });
  const exchanges = () => demo.requests.count(EXCHANGE);
  return {
    clock,
    demo,
    ...test,
    exchanges,
    /** Resolves once the key has been exchanged so many times and nothing is under way. */
    async exchanged(times: number) {
      const isDone = () => exchanges() === times && demo.requests.inFlight === 0;
      await eventually(isDone, () => `${exchanges()} exchanges, not ${times}`);
      await clock.advance(0);
    },
    async [Symbol.asyncDispose]() {
      test[Symbol.dispose]();
      await demo.close();
    },
  };
}

Deno.test("32 callers at once share one exchange and its token", async () => {
  await using test = start();
  const tokens = await Promise.all(
    Array.from({ length: 32 }, () => test.session.token(SIGNAL)),
  );
  assert.equal(new Set(tokens.map((token) => token.reveal())).size, 1);
  assert.equal(test.exchanges(), 1);
});

Deno.test("a failed exchange fails all who wait for it, and is not remembered", async () => {
  await using test = start();
  test.demo.faults.set(EXCHANGE, { status: 502 }, { times: 1 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => test.session.token(SIGNAL)),
  );
  for (const outcome of outcomes) {
    assert.equal(outcome.status === "rejected" && outcome.reason.reason, "unreachable");
  }
  assert.equal(test.exchanges(), 1);
  await test.session.token(SIGNAL);
  await test.exchanged(2);
});

Deno.test("a token is renewed 30 s before it expires, and not before", async () => {
  await using test = start();
  await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000 - 1);
  await test.session.token(SIGNAL);
  assert.equal(test.exchanges(), 1, "renewed too early");
  await test.clock.advance(1);
  await test.session.token(SIGNAL);
  await test.exchanged(2);
});

Deno.test("a token that lives less than a minute is used for half its life", async () => {
  await using test = start({ tokenLifetimeSeconds: 40 });
  await test.session.token(SIGNAL);
  await test.clock.advance(19_999);
  await test.session.token(SIGNAL);
  assert.equal(test.exchanges(), 1);
  await test.clock.advance(1);
  await test.session.token(SIGNAL);
  await test.exchanged(2);
});

for (const validUntil of [null, undefined, 0, 1_700_000_000, 1e18, -5]) {
  Deno.test(`a token valid until ${validUntil} is used for five minutes`, async () => {
    await using test = start();
    test.demo.faults.set(EXCHANGE, { edit: put("data.apiKeyUser.validUntil", validUntil) });
    await test.session.token(SIGNAL);
    assert.equal(test.instruments.tokenExpiry, null, "an expiry beyond belief is shown");
    await test.clock.advance(299_999);
    await test.session.token(SIGNAL);
    assert.equal(test.exchanges(), 1);
    await test.clock.advance(1);
    await test.session.token(SIGNAL);
    await test.exchanged(2);
  });
}

for (const step of [-30 * 24 * 3600_000, 30 * 24 * 3600_000]) {
  Deno.test(`a wall clock that jumps by ${step} ms leaves a token in use`, async () => {
    await using test = start();
    await test.session.token(SIGNAL);
    test.clock.stepWall(step);
    await test.clock.advance(TEN_HOURS - 30_001);
    await test.session.token(SIGNAL);
    assert.equal(test.exchanges(), 1);
    await test.clock.advance(1);
    await test.session.token(SIGNAL);
    await test.exchanged(2);
  });
}

Deno.test("the token's expiry is shown as the API gave it", async () => {
  await using test = start();
  await test.session.token(SIGNAL);
  assert.equal(test.instruments.tokenExpiry, 1_800_036_000);
});

Deno.test("replace() exchanges a rejected token once for all who hold it", async () => {
  await using test = start();
  const rejected = await test.session.token(SIGNAL);
  const tokens = await Promise.all(
    Array.from({ length: 8 }, () => test.session.replace(rejected, SIGNAL)),
  );
  assert.equal(test.exchanges(), 2);
  const late = await test.session.replace(rejected, SIGNAL);
  assert.equal(test.exchanges(), 2, "exchanged though the rejected token was replaced before");
  assert.ok([...tokens, late].every((token) => token === tokens[0] && token !== rejected));
});

Deno.test("a wrong secret is unauthorized, with words on what to check", async () => {
  await using test = start();
  test.demo.apiKey.setSecret("rotated");
  await assert.rejects(test.session.token(SIGNAL), {
    reason: "unauthorized",
    message: "The API does not accept the API key: check its id and its secret",
  });
});

Deno.test("the secret is read anew for each exchange", async () => {
  const clock = new FakeClock();
  await using demo = startSimulatedApi({ account: saasAccount(), clock });
  let secret = "demo-secret";
  const key = { id: "demo-key", secret: () => Promise.resolve(new Secret(secret)) };
  using test = startClient(demo.url, { clock, key });
  const token = await test.session.token(SIGNAL);
  demo.apiKey.setSecret("rotated");
  secret = "rotated";
  assert.notEqual(await test.session.replace(token, SIGNAL), token);
});

Deno.test("a secret that cannot be read is unauthorized and asks nobody", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  const secret = () => Promise.reject(new Error("the file is gone"));
  using test = startClient(demo.url, { key: { id: "demo-key", secret } });
  const error = await failureOf(test.session.token(SIGNAL));
  assert.equal(error.reason, "unauthorized");
  assert.deepEqual(error.cause, new Error("the file is gone"));
  assert.ok(!(error instanceof KeyRejected), "the API did not reject the key");
  assert.equal(demo.requests.count(), 0);
});

/** What the exchange answers when it rejects the key. */
const REJECTIONS: Readonly<Record<string, Fault>> = {
  "no user": { edit: put("data.apiKeyUser", null) },
  "no token": { edit: put("data.apiKeyUser.jwt", undefined) },
  "the token null": { edit: put("data.apiKeyUser.jwt", null) },
  "an empty token": { edit: put("data.apiKeyUser.jwt", "") },
  'the error "unauthorized"': { errors: ["unauthorized"] },
  "HTTP 401": { status: 401 },
  "HTTP 403": { status: 403 },
};

for (const [what, fault] of Object.entries(REJECTIONS)) {
  Deno.test(`an exchange that gives ${what} has rejected the key`, async () => {
    await using test = start();
    test.demo.faults.set(EXCHANGE, fault);
    const error = await failureOf(test.session.token(SIGNAL));
    assert.ok(error instanceof KeyRejected, `${error} is no rejection`);
    assert.equal(error.reason, "unauthorized");
  });
}

/** Trouble with an exchange that says nothing about the key. */
const TROUBLE: Readonly<Record<string, readonly [Fault, Reason]>> = {
  "HTTP 500": [{ status: 500 }, "unreachable"],
  "HTTP 429": [{ status: 429 }, "rate_limited"],
  "an unknown error": [{ errors: ["boom"] }, "graphql"],
  "no reply to the question": [{ edit: put("data.apiKeyUser", undefined) }, "bad_response"],
  "a token with a space": [{ edit: put("data.apiKeyUser.jwt", "a b") }, "bad_response"],
  "a token with a line end": [{ edit: put("data.apiKeyUser.jwt", "ab\n") }, "bad_response"],
  "a token with a NUL": [{ edit: put("data.apiKeyUser.jwt", "a\0b") }, "bad_response"],
  "a token beyond ASCII": [{ edit: put("data.apiKeyUser.jwt", "a\u20acb") }, "bad_response"],
};

for (const [what, [fault, reason]] of Object.entries(TROUBLE)) {
  Deno.test(`an exchange that gives ${what} is ${reason}, which does not reject the key`, async () => {
    await using test = start();
    test.demo.faults.set(EXCHANGE, fault);
    const error = await failureOf(test.session.token(SIGNAL));
    assert.equal(error.reason, reason, error.message);
    assert.ok(!(error instanceof KeyRejected), `${error} is taken for a rejection`);
  });
}

Deno.test("a renewal that fails leaves the old token in use until it expires", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000);
  test.demo.faults.set(EXCHANGE, { status: 502 });
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(2);
  await test.clock.advance(29_999);
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(3);
  await test.clock.advance(1);
  assert.equal((await failureOf(test.session.token(SIGNAL))).reason, "unreachable");
});

Deno.test("a renewal that failed is made up for after ten seconds, not before", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000);
  test.demo.faults.set(EXCHANGE, { status: 502 }, { times: 1 });
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(2);
  await test.clock.advance(9_999);
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(2);
  await test.clock.advance(1);
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(3);
  assert.notEqual(await test.session.token(SIGNAL), token);
});

Deno.test("a renewal that the API puts off is not tried before", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000);
  test.demo.faults.set(EXCHANGE, { status: 503, headers: { "retry-after": "20" } });
  for (const ms of [0, 19_999]) {
    await test.clock.advance(ms);
    assert.equal(await test.session.token(SIGNAL), token);
    await test.exchanged(2);
  }
});

Deno.test("a renewal that hangs costs nobody anything while the token is valid", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000);
  test.demo.faults.set(EXCHANGE, { hang: true });
  for (let second = 0; second < 10; second++) {
    assert.equal(await test.session.token(SIGNAL), token, "a caller got another token");
    await eventually(() => test.exchanges() === 2, "the renewal was not begun");
    await test.clock.advance(1000);
  }
  assert.equal(test.exchanges(), 2, "the renewal was begun twice");
  await test.exchanged(2);
  assert.equal(test.clock.pending, 0, "a timer is left");
  test.demo.faults.clear();
  await test.clock.advance(10_000);
  assert.equal(await test.session.token(SIGNAL), token);
  await test.exchanged(3);
  assert.notEqual(await test.session.token(SIGNAL), token);
});

Deno.test("whoever has no valid token waits for the renewal that is under way", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 5000);
  test.demo.faults.set(EXCHANGE, { delayMs: 6000 });
  assert.equal(await test.session.token(SIGNAL), token);
  await eventually(() => test.exchanges() === 2, "the renewal was not begun");
  await test.clock.advance(5000);
  const waiting = test.session.token(SIGNAL);
  await test.clock.advance(1000);
  assert.notEqual(await waiting, token);
  assert.equal(test.exchanges(), 2);
});

Deno.test("a renewal that hangs ends with its session", async () => {
  await using test = start();
  await test.session.token(SIGNAL);
  await test.clock.advance(TEN_HOURS - 30_000);
  test.demo.faults.set(EXCHANGE, { hang: true });
  await test.session.token(SIGNAL);
  await eventually(() => test.exchanges() === 2, "the renewal was not begun");
  test.session.close();
  await test.exchanged(2);
  assert.equal(test.clock.pending, 0, "a timer is left");
});

Deno.test("a token that the API rejected is not used on, whatever comes of its exchange", async () => {
  await using test = start();
  const token = await test.session.token(SIGNAL);
  test.demo.faults.set(EXCHANGE, { status: 502 });
  assert.equal((await failureOf(test.session.replace(token, SIGNAL))).reason, "unreachable");
  assert.equal((await failureOf(test.session.token(SIGNAL))).reason, "unreachable");
  assert.equal(test.instruments.tokenExpiry, null, "the expiry of a dropped token is shown");
});

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ApiError, `${error} is no ApiError`);
    return error;
  }
  throw new Error("Nothing failed");
}
