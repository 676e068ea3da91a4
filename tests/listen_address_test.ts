import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatListenAddress,
  parseListenAddress,
  reachable,
  urlToOpen,
} from "../src/listen_address.ts";

const READ: readonly (readonly [string, string | undefined, number])[] = [
  [":9953", undefined, 9953],
  [":0", undefined, 0],
  ["127.0.0.1:0", "127.0.0.1", 0],
  ["0.0.0.0:65535", "0.0.0.0", 65535],
  ["localhost:9953", "localhost", 9953],
  ["exporter.monitoring.svc:9953", "exporter.monitoring.svc", 9953],
  ["[::1]:9953", "::1", 9953],
  ["[::]:9953", "::", 9953],
  ["[::ffff:127.0.0.1]:9953", "::ffff:127.0.0.1", 9953],
];

for (const [text, hostname, port] of READ) {
  Deno.test(`listen address: ${text} is read`, () => {
    assert.deepEqual(parseListenAddress(text), { hostname, port });
  });
}

const REFUSED = [
  "",
  ":",
  "9953",
  "localhost",
  "localhost:",
  "127.0.0.1",
  "[::1]",
  "[::1]:",
  "::1:9953",
  "::",
  "[]:9953",
  "[127.0.0.1]:9953",
  "[fe80::1%eth0]:9953",
  "[::1:9953",
  ":70000",
  ":65536",
  ":-1",
  ":+1",
  ":1e3",
  ":http",
  ": 9953",
  " :9953",
  ":9953\n",
  "256.1.1.1:9953",
  "1.2.3:9953",
  "*:9953",
  "a b:9953",
  "a..b:9953",
  "-a:9953",
  `${"a".repeat(64)}:9953`,
  "http://localhost:9953",
  "localhost:9953/metrics",
];

for (const text of REFUSED) {
  Deno.test(`listen address: ${JSON.stringify(text)} is refused`, () => {
    assert.equal(parseListenAddress(text), undefined);
  });
}

Deno.test("listen address: what is written is read back", () => {
  const address = fc.record({
    hostname: fc.oneof(fc.constant(undefined), fc.ipV4(), fc.ipV6(), fc.domain()),
    port: fc.integer({ min: 0, max: 65535 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(address, (given) => {
    assert.deepEqual(parseListenAddress(formatListenAddress(given)), given);
  }));
});

Deno.test("listen address: any text is an address that is written as it was, or refused", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("0", "1", "9", ".", ":", "[", "]", "a", "%", "-") }),
  );
  fc.assert(fc.property(text, (given) => {
    const address = parseListenAddress(given);
    if (address === undefined) return;
    assert.ok(address.port >= 0 && address.port <= 65535, `port ${address.port}`);
    assert.deepEqual(parseListenAddress(formatListenAddress(address)), address);
  }));
});

for (
  const [hostname, url] of [
    [undefined, "http://localhost:9953/"],
    ["0.0.0.0", "http://localhost:9953/"],
    ["::", "http://localhost:9953/"],
    ["127.0.0.1", "http://127.0.0.1:9953/"],
    ["fe80::1", "http://[fe80::1]:9953/"],
    ["monitoring.example", "http://monitoring.example:9953/"],
  ] as const
) {
  Deno.test(`listen address: ${hostname ?? "every interface"} is looked at by ${url}`, () => {
    assert.equal(urlToOpen({ hostname, port: 9953 }), url);
  });
}

Deno.test("listen address: every interface is reached by way of the loopback interface", () => {
  const hostnames = [undefined, "0.0.0.0", "::", "10.0.0.1", "fe80::1"];
  assert.deepEqual(
    hostnames.map((hostname) => formatListenAddress(reachable({ hostname, port: 1 }))),
    ["127.0.0.1:1", "127.0.0.1:1", "[::1]:1", "10.0.0.1:1", "[fe80::1]:1"],
  );
});
