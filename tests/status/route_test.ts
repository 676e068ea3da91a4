import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { saasAccount } from "../support/accounts.ts";
import { RawClient } from "../support/raw_client.ts";
import { startExporter } from "../support/start_exporter.ts";
import { startTestServer } from "../support/start_test_server.ts";

Deno.test("GET / allows its own style sheet and nothing else", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const response = await test.get({}, "/");
  const html = await response.text();
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.deepEqual(Object.fromEntries(response.headers), {
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-${hash}'`,
    "content-type": "text/html; charset=utf-8",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

Deno.test("GET / has no script, no style on elements and nothing from elsewhere", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const html = await (await test.get({}, "/")).text();
  assert.doesNotMatch(html, /<(script|link|img|iframe|object|embed|form|base)\b/);
  assert.doesNotMatch(html, /\s(style|src|srcset|on\w+)=/);
  assert.doesNotMatch(html, /url\(|@import/);
});

Deno.test("GET / is a document of one language, with landmarks and headed tables", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const html = await (await test.get({}, "/")).text();
  assert.match(html.trimStart(), /^<!DOCTYPE html>\s*<html lang="en">/);
  for (const tag of ["header", "main", "nav", "h1", "title"]) {
    assert.equal(html.split(`<${tag}`).length - 1, 1, `<${tag}>`);
  }
  const tables = html.split("<table>").slice(1);
  assert.ok(tables.length >= 3, `there are ${tables.length} tables`);
  for (const table of tables) {
    assert.match(table, /^\s*<caption>[^<]+<\/caption>\s*<thead>\s*<tr>\s*<th scope="col"/);
    assert.match(table, /<tbody><tr><th scope="row">/);
  }
});

Deno.test("HEAD / is answered like GET /, without the page", async () => {
  await using test = startExporter({ account: saasAccount() });
  await using server = await startTestServer(test.handler);
  using client = await RawClient.connect(server.port);
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await client.closed;
  const [head = "", body] = client.received.split("\r\n\r\n");
  assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(head, /content-security-policy: default-src 'none'/i);
  assert.equal(body, "");
});
