import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import { saasAccount } from "../support/accounts.ts";
import { RawClient } from "../support/raw_client.ts";
import { startExporter } from "../support/start_exporter.ts";
import { linksOf, parseStatusPage } from "../support/status_page.ts";
import { startTestServer } from "../support/start_test_server.ts";

Deno.test("GET / allows its own style sheet and icon and nothing else", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const response = await test.get({}, "/");
  const html = await response.text();
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.deepEqual(Object.fromEntries(response.headers), {
    "cache-control": "no-store",
    "content-security-policy":
      `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:; style-src 'sha256-${hash}'`,
    "content-type": "text/html; charset=utf-8",
    "refresh": "30",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

Deno.test("GET / has no script, no style on elements and nothing from elsewhere", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const html = await (await test.get({}, "/")).text();
  assert.doesNotMatch(html, /<(script|img|iframe|object|embed|form|base)\b/);
  const links = [...html.matchAll(/<link [^>]*>/g)].map(([link]) => link);
  assert.equal(links.length, 1);
  assert.match(links[0] ?? "", /^<link rel="icon" href="data:image\/svg\+xml,[^"]*">$/);
  assert.doesNotMatch(html, /\s(style|src|srcset|on\w+)=/);
  assert.doesNotMatch(html, /url\(|@import/);
});

Deno.test("GET / is a document of one language, with landmarks and one heading of each part", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const html = await (await test.get({}, "/")).text();
  assert.match(html.trimStart(), /^<!DOCTYPE html>\s*<html lang="en">/);
  for (const tag of ["header", "main", "nav", "h1", "title"]) {
    assert.equal(html.split(`<${tag}`).length - 1, 1, `<${tag}>`);
  }
  const labels = [...html.matchAll(/<section [^>]*aria-labelledby="(\w+)"/g)].map(([, id]) => id);
  const headings = [...html.matchAll(/<h[23] id="(\w+)"/g)].map(([, id]) => id);
  assert.ok(labels.length >= 5, `there are ${labels.length} sections`);
  assert.deepEqual(labels, headings);
  assert.equal(new Set(headings).size, headings.length);
});

Deno.test("GET / lets browsers read it again every 30 s, says so, and can be told to stop", async () => {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get({}, "/?all=pools");
  assert.equal(response.headers.get("refresh"), "30");
  const { text, html } = parseStatusPage(await response.text());
  assert.match(text, /Refreshes every 30 s, stop/);
  const stop = linksOf(html).find((link) => link.includes("refresh=off"));
  assert.equal(stop, "/?all=pools&refresh=off");
  const stopped = await test.get({}, stop);
  assert.equal(stopped.headers.get("refresh"), null);
  const page = parseStatusPage(await stopped.text());
  assert.match(page.text, /Refresh every 30 s/);
  assert.ok(linksOf(page.html).includes("/?all=pools"));
});

Deno.test("the icon of GET / differs in form with what is worst on the page", async () => {
  await using test = startExporter({ account: { ...emptyAccount(), stacks: [plainStack("a")] } });
  const iconOf = async () => {
    const html = await (await test.get({}, "/")).text();
    const [, icon = ""] = /<link rel="icon" href="data:image\/svg\+xml,([^"]*)">/.exec(html) ?? [];
    const [, path] = /path d='([^']*)'/.exec(decodeURIComponent(icon.replaceAll("&#39;", "'"))) ??
      [];
    return path ?? "";
  };
  await test.get();
  const good = await iconOf();
  test.demo.faults.set("*", { status: 503 });
  await test.get();
  const remembered = await iconOf();
  test.demo.faults.clear();
  test.demo.account = { ...emptyAccount(), stacks: [{ ...plainStack("a"), state: "FAILED" }] };
  await test.get();
  const failed = await iconOf();
  assert.equal(new Set(["", good, remembered, failed]).size, 4);
  const workerPools = [{ id: "p", name: "p", pendingRuns: 1, busyWorkers: 0, workers: [] }];
  test.demo.account = { ...emptyAccount(), workerPools };
  await test.get();
  assert.equal(await iconOf(), failed);
  const waiting = { parallelism: 1, busyWorkers: 1, pendingRuns: 1 };
  test.demo.account = {
    ...emptyAccount(),
    publicWorkerPool: waiting,
    stacks: [{ ...plainStack("a"), state: "FAILED" }],
  };
  await test.get();
  assert.equal(await iconOf(), failed, "what is worst does not win");
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
