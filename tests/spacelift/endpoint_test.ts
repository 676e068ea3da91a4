import assert from "node:assert/strict";
import { put } from "../api/faults.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { Secret } from "../../src/secret.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { describeBuild } from "../../src/version.ts";
import { saasAccount } from "../support/accounts.ts";
import { SIGNAL, startClient, USAGE } from "../support/start_client.ts";

const EXCHANGE =
  "mutation ($id:ID!$secret:String!){apiKeyUser(id: $id, secret: $secret){jwt,validUntil}}";

Deno.test("the exchange sends the key, no name and none of the headers of a session", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  await test.session.token(SIGNAL);
  const [request] = demo.requests.list();
  assert.equal(request?.method, "POST");
  assert.equal(request.path, "/graphql");
  assert.equal(request.document, EXCHANGE);
  assert.equal(request.operationName, undefined);
  assert.deepEqual(request.variables, { id: "demo-key", secret: "demo-secret" });
  assert.deepEqual(ownHeaders(request.headers), {
    "content-type": "application/json",
    "user-agent": `spacelift-promex/${describeBuild()}`,
  });
});

Deno.test("a query sends its name, the token and the type of client", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  await test.client.query(USAGE, { signal: SIGNAL });
  const [request] = demo.requests.list(USAGE.name);
  assert.equal(request?.method, "POST");
  assert.equal(request.document, USAGE.document);
  assert.equal(request.operationName, USAGE.name);
  assert.deepEqual(ownHeaders(request.headers), {
    "authorization": `Bearer ${demo.apiKey.tokens[0]}`,
    "content-type": "application/json",
    "spacelift-client-type": "prometheus-exporter",
    "user-agent": `spacelift-promex/${describeBuild()}`,
  });
});

for (const suffix of ["", "/", "///"]) {
  Deno.test(`an endpoint that ends with "${suffix}" is asked at /graphql`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url + suffix);
    await test.session.token(SIGNAL);
    assert.deepEqual(demo.requests.list().map(({ path }) => path), ["/graphql"]);
  });
}

Deno.test("an endpoint with a path is asked below it", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(`${demo.url}/behind/proxy/`);
  await assert.rejects(test.session.token(SIGNAL), { message: "The API answered with HTTP 404" });
  assert.equal(demo.requests.list()[0]?.path, "/behind/proxy/graphql");
});

Deno.test("a GraphQL error is told in short, on one line", async () => {
  const message = await messageOf({ errors: [`first\nline\t${"x".repeat(500)}`, "second"] });
  assert.equal(message, `The API answered with the error "first line ${"x".repeat(189)}..."`);
});

Deno.test("the far end of a long error is not read, and no secret is cut in two there", async () => {
  const far = { errors: [`${"x".repeat(10_000)} unauthorized`] };
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set(USAGE.name, far);
  const { reason } = await failureOf(test.client.query(USAGE, { signal: SIGNAL }));
  assert.equal(reason, "graphql");
  demo.faults.set(USAGE.name, { errors: [`${" ".repeat(9_995)}demo-secret`] });
  const { message } = await failureOf(test.client.query(USAGE, { signal: SIGNAL }));
  assert.doesNotMatch(message, /demo/);
});

Deno.test("data beside an error is not believed", async () => {
  const fault = { errors: ["partly broken"], keepData: true };
  assert.match(await messageOf(fault), /the error "partly broken"/);
});

Deno.test("a GraphQL error that repeats the token or the secret is told without it", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  const token = await test.session.token(SIGNAL);
  const echo = `${"x".repeat(190)} ${token.reveal()}`;
  demo.faults.set(USAGE.name, { errors: [echo] });
  const error = await failureOf(test.client.query(USAGE, { signal: SIGNAL }));
  assert.ok(!`${error.message}`.includes("demo."), error.message);
  demo.faults.set("apiKeyUser", { errors: ["bad secret demo-secret for demo-key"] });
  using another = startClient(demo.url);
  await assert.rejects(another.session.token(SIGNAL), {
    message: 'The API answered with the error "bad secret [redacted] for demo-key"',
  });
});

Deno.test("a query's error that repeats the key's secret, old or new, is told without it", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  let secret = "demo-secret";
  const key = { id: "demo-key", secret: () => Promise.resolve(new Secret(secret)) };
  using test = startClient(demo.url, { key });
  const token = await test.session.token(SIGNAL);
  secret = "demo-secret-2";
  demo.apiKey.setSecret(secret);
  await test.session.replace(token, SIGNAL);
  demo.faults.set(USAGE.name, {
    errors: [`key demo-secret, key demo-secret-2, token ${token.reveal()}`],
  });
  await assert.rejects(test.client.query(USAGE, { signal: SIGNAL }), {
    message: 'The API answered with the error "key [redacted], key [redacted], token [redacted]"',
  });
});

const MALFORMED: Readonly<Record<string, readonly [string, string]>> = {
  "an empty object": ["{}", "The API's reply is not as expected: data is missing"],
  "null data": [
    '{"data":null}',
    "The API's reply is not as expected: data should be an object, got null",
  ],
  "a wrong type": [
    '{"data":{"usage":{"usedSeats":"canary"}}}',
    "The API's reply is not as expected: usage.usedSeats should be a number, got a text",
  ],
  "no usage": ['{"data":{}}', "The API's reply is not as expected: usage is missing"],
  "a list": ["[]", ""],
  "null": ["null", "The API's reply is not a GraphQL result"],
  "half a reply": ['{"data":{', "The API's reply is not a GraphQL result"],
  "an error without a message": [
    '{"errors":[{}]}',
    "The API answered with an error without a message",
  ],
  "errors that are no list": ['{"errors":"canary"}', ""],
  "an error that is null": ['{"errors":[null]}', ""],
};

for (const [what, [body, expected]] of Object.entries(MALFORMED)) {
  Deno.test(`a reply that is ${what} fails, and is not repeated`, async () => {
    const message = await messageOf({ body });
    if (expected !== "") assert.equal(message, expected);
    assert.doesNotMatch(message, /canary/);
  });
}

Deno.test("a field that was not asked for does no harm", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set(USAGE.name, { edit: put("data.usage.newField", { a: 1 }) });
  const data = await test.client.query(USAGE, { signal: SIGNAL });
  assert.deepEqual(data, { usage: { usedSeats: 7 } });
});

for (const nothing of ['"errors":[]', '"errors":null', '"extensions":null']) {
  Deno.test(`${nothing} beside data says that there is nothing to tell`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url);
    demo.faults.set(USAGE.name, { body: `{"data":{"usage":{"usedSeats":7}},${nothing}}` });
    const data = await test.client.query(USAGE, { signal: SIGNAL });
    assert.deepEqual(data, { usage: { usedSeats: 7 } });
  });
}

Deno.test("requests and failures are counted by operation and reason", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set(USAGE.name, { status: 500 }, { times: 1 });
  await failureOf(test.client.query(USAGE, { signal: SIGNAL }));
  await test.client.query(USAGE, { signal: SIGNAL });
  const { apiRequests, apiRequestFailures } = test.instruments;
  const counts = async (counter: typeof apiRequests | typeof apiRequestFailures) =>
    (await counter.get()).values.map(({ value, labels }) => [Object.values(labels), value]);
  assert.deepEqual(await counts(apiRequests), [[["apiKeyUser"], 1], [[USAGE.name], 2]]);
  assert.deepEqual(await counts(apiRequestFailures), [[[USAGE.name, "unreachable"], 1]]);
});

async function messageOf(fault: { errors?: string[]; keepData?: boolean; body?: string }) {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set(USAGE.name, fault);
  return (await failureOf(test.client.query(USAGE, { signal: SIGNAL }))).message;
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ApiError, `${error} is no ApiError`);
    return error;
  }
  throw new Error("Nothing failed");
}

/** What the exporter sends of its own accord; the rest is the runtime's. */
function ownHeaders(headers: Record<string, string>): Record<string, string> {
  const runtimes = ["accept", "accept-encoding", "accept-language", "content-length", "host"];
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !runtimes.includes(name)),
  );
}
