import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Fault } from "../api/faults.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { ApiError, type Reason } from "../../src/spacelift/api_error.ts";
import { MAX_REPLY_BYTES } from "../../src/spacelift/endpoint.ts";
import { createTransport } from "../../src/spacelift/transport.ts";
import { saasAccount } from "../support/accounts.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { type RawScript, RawServer } from "../support/raw_server.ts";
import { SIGNAL, startClient, USAGE } from "../support/start_client.ts";

const JSON_TYPE = "content-type: application/json\r\n";

const FAULTS: readonly (readonly [string, Fault, Reason, string])[] = [
  ["HTTP 500", { status: 500 }, "unreachable", "The API answered with HTTP 500"],
  ["HTTP 404", { status: 404 }, "bad_response", "The API answered with HTTP 404"],
  ["HTTP 429", { status: 429 }, "rate_limited", "The API answered with HTTP 429"],
  [
    "HTTP 400 with a GraphQL error",
    { status: 400, errors: ['Cannot query field "x" on type "Query".'] },
    "unsupported",
    'The API answered with the error "Cannot query field "x" on type "Query"."',
  ],
  [
    "HTTP 400 without one",
    { status: 400, body: "canary", headers: { "content-type": "text/plain" } },
    "bad_response",
    "The API answered with HTTP 400",
  ],
  [
    "a reply without a type",
    { headers: { "content-type": "" } },
    "bad_response",
    "The API answered with something other than JSON",
  ],
  [
    "a page of HTML",
    { body: "<html>canary</html>", headers: { "content-type": "text/html" } },
    "bad_response",
    "The API answered with something other than JSON",
  ],
  [
    "bytes that are not UTF-8",
    { body: Uint8Array.of(0x22, 0xff, 0x22) },
    "bad_response",
    "The API's reply is not UTF-8",
  ],
];

for (const [what, fault, reason, message] of FAULTS) {
  Deno.test(`${what} is ${reason}`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url);
    demo.faults.set(USAGE.name, fault);
    const query = test.client.query(USAGE, { signal: SIGNAL });
    await assert.rejects(query, { name: "ApiError", reason, message });
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`a redirect with HTTP ${status} is refused, and its target never asked`, async () => {
    await using elsewhere = startSimulatedApi({ account: saasAccount() });
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url);
    const headers = { location: `${elsewhere.url}/graphql` };
    demo.faults.set(USAGE.name, { status, headers });
    await assert.rejects(test.client.query(USAGE, { signal: SIGNAL }), {
      reason: "bad_response",
      message: `The API answered with a redirect (HTTP ${status})`,
    });
    assert.equal(elsewhere.requests.count(), 0, "the token went to another server");
  });
}

const BROKEN: Readonly<Record<string, RawScript>> = {
  "closes at once": (connection) => connection.end(),
  "resets": async (connection) => {
    await connection.request();
    connection.reset();
  },
  "speaks another protocol": async (connection) => {
    await connection.request();
    connection.write("SSH-2.0-OpenSSH_9.2\r\n");
    connection.end();
  },
  "closes within the body": async (connection) => {
    await connection.request();
    connection.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}content-length: 100\r\n\r\n{"data"`);
    connection.end();
  },
  "sends a broken chunk": async (connection) => {
    await connection.request();
    connection.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}transfer-encoding: chunked\r\n\r\nzz\r\n`);
    connection.end();
  },
};

for (const [what, script] of Object.entries(BROKEN)) {
  Deno.test(`a server that ${what} is unreachable`, async () => {
    await using server = await RawServer.start(script);
    const error = await failureOf(server.url);
    assert.equal(error.reason, "unreachable");
    assert.equal(error.message, "Cannot reach the API");
    assert.ok(error.cause instanceof Error, "the cause is lost");
  });
}

Deno.test("a port where nobody listens is unreachable", async () => {
  const server = await RawServer.start(() => {});
  await server.close();
  assert.equal((await failureOf(server.url)).reason, "unreachable");
});

Deno.test("a host that does not exist is unreachable", async () => {
  assert.equal((await failureOf("http://exporter.invalid")).reason, "unreachable");
});

for (const encoding of ["identity", "gzip"]) {
  Deno.test(`a reply beyond its bound is not read on, with encoding ${encoding}`, async () => {
    const piece = new Uint8Array(2 ** 17).fill(0x20);
    let sent = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        sent += piece.length;
        if (sent > 8 * MAX_REPLY_BYTES) return controller.close();
        controller.enqueue(piece);
      },
    });
    const bomb = () => new Uint8Array(gzipSync(new Uint8Array(MAX_REPLY_BYTES + 1)));
    await using demo = startSimulatedApi({ account: saasAccount() });
    demo.faults.set(USAGE.name, {
      headers: { "content-encoding": encoding },
      body: encoding === "gzip" ? bomb() : body,
    });
    using test = startClient(demo.url);
    await assert.rejects(test.client.query(USAGE, { signal: SIGNAL }), {
      reason: "bad_response",
      message: "The API's reply is larger than 8388608 bytes",
    });
    assert.ok(sent < 4 * MAX_REPLY_BYTES, `${sent} bytes were taken`);
  });
}

for (const bound of [13, 1000, 64 * 1024, 64 * 1024 + 1, 1_000_000, MAX_REPLY_BYTES]) {
  Deno.test(`a reply of ${bound} bytes is read where that is the bound, and not one byte more`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    const transport = createTransport({ caCertificates: [], now: Date.now });
    const ask = (length: number) => {
      demo.faults.set("*", { body: `{"data":null}${" ".repeat(length - 13)}` });
      const body = '{"query":"{viewer{id}}"}';
      return transport.fetch(`${demo.url}/graphql`, { method: "POST", body }, bound);
    };
    const reply = await ask(bound);
    assert.equal((await reply.text()).length, bound);
    await assert.rejects(ask(bound + 1), {
      message: `The API's reply is larger than ${bound} bytes`,
    });
    transport.close();
  });
}

for (const status of [429, 503]) {
  Deno.test(`HTTP ${status} tells how long not to ask again`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url);
    demo.faults.set("*", { status, headers: { "retry-after": "17" } });
    await assert.rejects(test.session.token(SIGNAL), { retryAfter: 17_000 });
  });
}

const UNREADABLE: Readonly<Record<string, () => NonNullable<Fault["body"]>>> = {
  "is not UTF-8": () => Uint8Array.of(0x22, 0xff, 0x22),
  "never ends": () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(2 ** 16)) }),
};

for (const [what, body] of Object.entries(UNREADABLE)) {
  for (
    const [status, reason, retryAfter] of [
      [503, "unreachable", 17_000],
      [429, "rate_limited", 17_000],
      [401, "unauthorized", undefined],
    ] as const
  ) {
    Deno.test(`HTTP ${status} is ${reason} though its body ${what}`, async () => {
      await using demo = startSimulatedApi({ account: saasAccount() });
      using test = startClient(demo.url);
      demo.faults.set("*", { status, headers: { "retry-after": "17" }, body: body() });
      const signal = AbortSignal.timeout(5000);
      const failure = await failureWith(test.endpoint.post(USAGE, { signal }));
      const { message } = failure;
      assert.deepEqual([failure.reason, failure.retryAfter], [reason, retryAfter], message);
    });
  }
}

for (
  const head of ["content-length: 100", "transfer-encoding: chunked", "content-encoding: gzip"]
) {
  Deno.test(`HTTP 429 is rate_limited though its body is cut short, ${head}`, async () => {
    await using server = await RawServer.start(async (connection) => {
      await connection.request();
      connection.write(`HTTP/1.1 429 No\r\n${JSON_TYPE}retry-after: 17\r\n${head}\r\n\r\nzz`);
      connection.end();
    });
    const { reason, retryAfter } = await failureOf(server.url);
    assert.deepEqual([reason, retryAfter], ["rate_limited", 17_000]);
  });
}

for (const type of ["Application/JSON", "APPLICATION/GRAPHQL-RESPONSE+JSON;charset=utf-8"]) {
  Deno.test(`a reply of type ${type} is JSON`, async () => {
    await using demo = startSimulatedApi({ account: saasAccount() });
    using test = startClient(demo.url);
    demo.faults.set(USAGE.name, { headers: { "content-type": type } });
    assert.deepEqual(await test.client.query(USAGE, { signal: SIGNAL }), {
      usage: { usedSeats: 7 },
    });
  });
}

Deno.test("a Retry-After beside another status is not obeyed", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set("*", { status: 500, headers: { "retry-after": "17" } });
  await assert.rejects(test.session.token(SIGNAL), { retryAfter: undefined });
});

Deno.test("a request that is cut short rejects with the reason it was cut short for", async () => {
  await using demo = startSimulatedApi({ account: saasAccount() });
  using test = startClient(demo.url);
  demo.faults.set("*", { hang: true });
  const controller = new AbortController();
  const token = test.session.token(controller.signal);
  await demo.requests.arrived("apiKeyUser");
  controller.abort(new Error("enough"));
  await assert.rejects(token, /^Error: enough$/);
});

Deno.test("a certificate is trusted when its authority is given, and else unreachable", async () => {
  const read = (name: string) =>
    Deno.readTextFile(new URL(`../support/tls/${name}`, import.meta.url));
  const tls = { cert: await read("server.pem"), key: await read("server.key") };
  await using demo = startSimulatedApi({ account: saasAccount(), tls });
  using trusting = startClient(demo.url, { caCertificates: [await read("ca.pem")] });
  await trusting.session.token(SIGNAL);
  const error = await failureOf(demo.url);
  assert.equal(error.reason, "unreachable");
  assert.match(String(error.cause), /certificate/i);
});

async function failureOf(url: string): Promise<ApiError> {
  using test = startClient(url);
  return await failureWith(test.session.token(SIGNAL));
}

async function failureWith(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof ApiError, `${error} is no ApiError`);
    return error;
  }
  throw new Error("Nothing failed");
}

Deno.test("a server that shows an authority's certificate is told from others, with a remedy", async () => {
  const tls = await makeCertificate({ authority: true });
  await using demo = startSimulatedApi({ account: saasAccount(), tls });
  using test = startClient(demo.url, { caCertificates: [tls.cert] });
  await assert.rejects(test.client.query(USAGE, { signal: SIGNAL }), {
    reason: "unreachable",
    message: "Cannot reach the API: its server presents an authority's certificate as its own. " +
      "Have an authority sign a certificate for the server, and give the authority's to " +
      "--ca-cert-path",
  });
});
