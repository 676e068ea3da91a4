import assert from "node:assert/strict";
import * as fc from "fast-check";
import { accountUrlOf, runUrl, stackUrl } from "../../src/status/links.ts";

const ENDPOINTS: readonly [string, string | undefined][] = [
  ["https://acme.app.spacelift.io", "https://acme.app.spacelift.io/"],
  ["https://acme.app.us.spacelift.io/graphql", "https://acme.app.us.spacelift.io/"],
  ["https://ACME.app.spacelift.io", "https://acme.app.spacelift.io/"],
  ["http://acme.app.spacelift.io", undefined],
  ["https://acme.app.spacelift.io:8443", undefined],
  ["https://app.spacelift.io", undefined],
  ["https://a.b.app.spacelift.io", undefined],
  ["https://acme.app.eu.spacelift.io", undefined],
  ["https://acme.app.spacelift.io.example.com", undefined],
  ["https://spacelift.example.com", undefined],
  ["http://127.0.0.1:4000", undefined],
];

for (const [endpoint, account] of ENDPOINTS) {
  Deno.test(`people open the account of ${endpoint} at ${account ?? "an unknown place"}`, () => {
    assert.equal(accountUrlOf(new URL(endpoint))?.href, account);
  });
}

Deno.test("stackUrl() is a page of the account, below the account's own path", () => {
  const url = (account: string) => stackUrl(new URL(account), "network");
  assert.equal(url("https://acme.app.spacelift.io"), "https://acme.app.spacelift.io/stack/network");
  assert.equal(url("https://example.com/tools/"), "https://example.com/tools/stack/network");
  assert.equal(url("https://example.com/tools?a#b"), "https://example.com/tools/stack/network");
});

Deno.test("runUrl() is a page below that of the run's stack", () => {
  const url = runUrl(new URL("https://acme.app.spacelift.io"), "network", "01A/../?b");
  assert.equal(url, "https://acme.app.spacelift.io/stack/network/run/01A%2F..%2F%3Fb");
});

Deno.test("no stack's id leads out of the account", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const id = text.toWellFormed();
    const url = new URL(stackUrl(new URL("https://example.com/"), `a${id}`));
    assert.equal(url.host, "example.com");
    assert.deepEqual([url.search, url.hash, url.username], ["", "", ""]);
    assert.equal(decodeURIComponent(url.pathname), `/stack/a${id}`);
  }));
});
