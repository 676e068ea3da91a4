import assert from "node:assert/strict";
import type { Hint } from "../../src/collectors/hints.ts";
import {
  DELIVERIES,
  DELIVERY_TIME,
  MAX_DELIVERY_BYTES,
  type WebhookResult,
  webhookRoute,
} from "../../src/http/webhook_route.ts";
import { Secret } from "../../src/secret.ts";
import { signBody } from "../../src/webhook_signature.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { RawClient } from "../support/raw_client.ts";
import { startTestServer } from "../support/start_test_server.ts";

const SECRET = new Secret("canary-of-the-webhook-31c7");

const DEFAULT_PAYLOAD = {
  state: "FINISHED",
  run: { id: "r1", type: "TRACKED" },
  stack: { id: "a" },
};
const POLICY_PAYLOAD = { run_updated: { run: { id: "r1" }, stack: { id: "a", space: {} } } };
const HINT: Hint = { run: "r1", stack: "a" };

/** The webhook on a port of its own, with what it took and how it counted. */
class Webhook implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly hints: Hint[] = [];
  readonly results: WebhookResult[] = [];
  readonly port: number;
  secret: Secret = SECRET;
  readonly #clients: RawClient[] = [];
  readonly #server: ReturnType<typeof startTestServer>;

  constructor() {
    this.#server = startTestServer(webhookRoute({
      secret: () => Promise.resolve(this.secret),
      take: (hint) => this.hints.push(hint),
      count: (result) => this.results.push(result),
      clock: this.clock,
    }));
    this.port = this.#server.port;
  }

  /** Posts a body with a signature, by default the right one, and gives the status. */
  async post(
    body: string | Uint8Array<ArrayBuffer>,
    options: { signature?: string; path?: string; method?: string } = {},
  ): Promise<number> {
    const { path = "/webhook", method = "POST" } = options;
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const signature = options.signature ?? signBody(bytes, this.secret);
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: signature === "" ? {} : { "x-signature-256": signature },
      body: method === "POST" ? bytes : null,
    });
    await response.body?.cancel();
    return response.status;
  }

  /** Begins to post a body of this length, with a signature that comes to be checked only at its end. */
  async begin(length: number, sent: string): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#clients.push(client);
    client.send(
      `POST /webhook HTTP/1.1\r\nHost: x\r\nX-Signature-256: ${RIGHT}\r\nContent-Length: ${length}\r\n\r\n`,
    );
    client.send(sent);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client[Symbol.dispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

for (const payload of [DEFAULT_PAYLOAD, POLICY_PAYLOAD]) {
  Deno.test(`webhook: ${Object.keys(payload)[0]} is taken for a hint`, async () => {
    await using webhook = new Webhook();
    assert.equal(await webhook.post(JSON.stringify(payload)), 200);
    assert.deepEqual(webhook.hints, [HINT]);
    assert.deepEqual(webhook.results, ["accepted"]);
  });
}

/** Authentic deliveries of which nothing is taken. */
const IGNORED: Readonly<Record<string, string>> = {
  "an internal error": '{"title":"oh","severity":"ERROR","account":"x"}',
  "a number": "1",
  "null": "null",
  "a list": "[]",
  "a run without an id": '{"run":{},"stack":{"id":"a"}}',
  "an id that is a number": '{"run":{"id":1},"stack":{"id":"a"}}',
  "an id without end": JSON.stringify({ run: { id: "x".repeat(201) }, stack: { id: "a" } }),
  "lists in lists, 200,000 deep": "[".repeat(200_000) + "]".repeat(200_000),
  "a prototype": '{"__proto__":{"run":{"id":"r1"},"stack":{"id":"a"}}}',
};

for (const [what, body] of Object.entries(IGNORED)) {
  Deno.test(`webhook: ${what}, rightly signed, is answered with 200 and ignored`, async () => {
    await using webhook = new Webhook();
    assert.equal(await webhook.post(body), 200);
    assert.deepEqual(webhook.hints, []);
    assert.deepEqual(webhook.results, ["ignored"]);
  });
}

for (const body of ["", "{", "nonsense", '{"run":', new Uint8Array([0xff, 0xfe])]) {
  Deno.test(`webhook: what is no JSON is answered with 400: ${JSON.stringify(body)}`, async () => {
    await using webhook = new Webhook();
    assert.equal(await webhook.post(body), 400);
    assert.deepEqual(webhook.results, ["malformed"]);
  });
}

Deno.test("webhook: of a key that comes twice the last counts, and a missing stack is none", async () => {
  await using webhook = new Webhook();
  await webhook.post('{"run":{"id":"r0"},"run":{"id":"r1"},"stack":{"id":"a"}}');
  await webhook.post('{"run":{"id":"r2"}}');
  assert.deepEqual(webhook.hints, [HINT, { run: "r2", stack: "" }]);
});

const BODY = JSON.stringify(DEFAULT_PAYLOAD);
const RIGHT = signBody(new TextEncoder().encode(BODY), SECRET);

/** Signatures that are not that of the body. */
const WRONG: Readonly<Record<string, string>> = {
  "no signature": "",
  "a signature of another body": signBody(new TextEncoder().encode(`${BODY} `), SECRET),
  "a signature with another secret": signBody(
    new TextEncoder().encode(BODY),
    new Secret("another"),
  ),
  "a truncated signature": RIGHT.slice(0, -1),
  "a signature with more behind it": `${RIGHT}0`,
  "another algorithm": RIGHT.replace("sha256", "sha1"),
  "no algorithm": RIGHT.slice("sha256=".length),
  "no hexadecimal number": `sha256=${"z".repeat(64)}`,
  "two signatures": `${RIGHT}, ${RIGHT}`,
};

for (const [what, signature] of Object.entries(WRONG)) {
  Deno.test(`webhook: ${what} is answered with 401`, async () => {
    await using webhook = new Webhook();
    assert.equal(await webhook.post(BODY, { signature }), 401);
    assert.deepEqual(webhook.hints, []);
    assert.deepEqual(webhook.results, ["unauthorized"]);
  });
}

Deno.test("webhook: an unsigned body is not read, a wrongly signed one not parsed", async () => {
  await using webhook = new Webhook();
  const endless = "x".repeat(3 * MAX_DELIVERY_BYTES);
  assert.equal(await webhook.post(endless, { signature: "" }), 401);
  assert.equal(await webhook.post("no JSON", { signature: RIGHT }), 401);
  assert.deepEqual(webhook.results, ["unauthorized", "unauthorized"]);
});

Deno.test("webhook: a signature in capitals is one, and a rotated secret counts at once", async () => {
  await using webhook = new Webhook();
  const capitals = `sha256=${RIGHT.slice("sha256=".length).toUpperCase()}`;
  assert.equal(await webhook.post(BODY, { signature: capitals }), 200);
  webhook.secret = new Secret("rotated");
  assert.equal(await webhook.post(BODY, { signature: RIGHT }), 401);
  assert.equal(await webhook.post(BODY), 200);
});

Deno.test("webhook: a body of 1 MiB is read, a longer one refused, announced or not", async () => {
  await using webhook = new Webhook();
  const padded = (length: number) => BODY + " ".repeat(length - BODY.length);
  assert.equal(await webhook.post(padded(MAX_DELIVERY_BYTES)), 200);
  assert.equal(await webhook.post(padded(MAX_DELIVERY_BYTES + 1)), 413);
  using client = await RawClient.connect(webhook.port);
  client.send(
    `POST /webhook HTTP/1.1\r\nHost: x\r\nX-Signature-256: ${RIGHT}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  for (let n = 0; n < 17; n++) client.send(piece);
  assert.match(await client.until("\r\n\r\n"), /^HTTP\/1.1 413 /);
  assert.deepEqual(webhook.results, ["accepted", "malformed", "malformed"]);
});

Deno.test("webhook: a body that does not arrive in time is given up", async () => {
  await using webhook = new Webhook();
  using client = await RawClient.connect(webhook.port);
  client.send(
    `POST /webhook HTTP/1.1\r\nHost: x\r\nX-Signature-256: ${RIGHT}\r\nContent-Length: 100\r\n\r\n{`,
  );
  while (webhook.clock.pending === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await webhook.clock.advance(DELIVERY_TIME);
  assert.match(await client.until("\r\n\r\n"), /^HTTP\/1.1 408 /);
  assert.equal(webhook.clock.pending, 0);
});

Deno.test("webhook: bodies that trickle in take little memory", async () => {
  await using webhook = new Webhook();
  const clients = await Promise.all(
    Array.from({ length: 100 }, () => RawClient.connect(webhook.port)),
  );
  // This figure, unlike others of memory, is that of one test file alone.
  const before = Deno.memoryUsage().external;
  for (const client of clients) {
    client.send(
      `POST /webhook HTTP/1.1\r\nHost: x\r\nX-Signature-256: ${RIGHT}\r\nContent-Length: 100\r\n\r\n{`,
    );
  }
  await eventually(() => webhook.clock.pending === 100, "not every body is being read");
  const each = (Deno.memoryUsage().external - before) / 100;
  assert.ok(each < 20_000, `${each} bytes for each`);
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("webhook: of large bodies 16 are held at a time, small ones always pass", async () => {
  await using webhook = new Webhook();
  const begin = () => webhook.begin(900_000, "x".repeat(100_000));
  const held: RawClient[] = [];
  while (held.length < 16) held.push(await begin());
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(await (await begin()).until("\r\n\r\n"), /^HTTP\/1.1 503 /);
  assert.equal(await webhook.post(BODY), 200);
  await webhook.clock.advance(DELIVERY_TIME);
  for (const client of held) await client.until("HTTP/1.1 408");
  assert.equal(await webhook.post(BODY + " ".repeat(100_000)), 200);
});

Deno.test("webhook: so many bodies are held at a time, others are to come again later", async () => {
  await using webhook = new Webhook();
  const begin = () => webhook.begin(100, "{");
  const held: RawClient[] = [];
  while (held.length < DELIVERIES) held.push(await begin());
  await eventually(() => webhook.clock.pending === DELIVERIES, "not all of them arrive");
  const refused = await (await begin()).until("\r\n\r\n");
  assert.match(refused, /^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n/i);
  assert.equal(await webhook.post(BODY), 503);
  assert.deepEqual(webhook.results, ["refused", "refused"]);
  await webhook.clock.advance(DELIVERY_TIME);
  for (const client of held) await client.until("HTTP/1.1 408");
  assert.equal(await webhook.post(BODY), 200);
});

Deno.test("webhook: only POST /webhook is answered", async () => {
  await using webhook = new Webhook();
  assert.equal(await webhook.post(BODY, { path: "/" }), 404);
  assert.equal(await webhook.post(BODY, { path: "/metrics" }), 404);
  assert.equal(await webhook.post(BODY, { path: "/webhook/" }), 404);
  assert.equal(await webhook.post(BODY, { method: "GET" }), 405);
  assert.deepEqual(webhook.results, []);
});
