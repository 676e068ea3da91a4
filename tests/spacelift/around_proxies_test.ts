import assert from "node:assert/strict";
import { aroundProxies } from "../../src/spacelift/around_proxies.ts";

for (
  const [url, hostname, port] of [
    ["http://127.0.0.1:8080", "127.0.0.1", 8080],
    ["http://127.9.9.9", "127.9.9.9", 80],
    ["http://localhost:1234/path", "localhost", 1234],
    ["http://api.localhost", "api.localhost", 80],
    ["http://[::1]:8080", "::1", 8080],
  ] as const
) {
  Deno.test(`a proxy is left aside for ${url}`, () => {
    assert.deepEqual(aroundProxies(new URL(url)), { proxy: { transport: "tcp", hostname, port } });
  });
}

for (
  const url of [
    "https://127.0.0.1:8080",
    "http://128.0.0.1",
    "http://localhost.example",
    "http://127.0.0.1.example",
    "https://myaccount.app.spacelift.io",
  ]
) {
  Deno.test(`a proxy is asked for ${url}`, () => {
    assert.deepEqual(aroundProxies(new URL(url)), {});
  });
}
