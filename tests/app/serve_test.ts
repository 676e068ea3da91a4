import assert from "node:assert/strict";
import { plainStack } from "../../src/demo/api/account.ts";
import { saasAccount } from "../support/accounts.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw_client.ts";
import { serveAccount } from "../support/serve_account.ts";
import { linksOf } from "../support/status_page.ts";

const ACCEPTED = "The API accepted the API key";
const USAGE = "PrometheusExporter_Usage";

Deno.test("serve listens, exchanges the key and serves the account", async () => {
  await using test = serveAccount({ account: saasAccount() });
  const url = await test.program.listening();
  await test.program.until(ACCEPTED);
  const response = await fetch(`${url}/metrics`);
  assert.match(await response.text(), /^spacelift_current_billing_period_used_seats 7$/m);
});

Deno.test("serve links its page to where people open the account", async () => {
  await using test = serveAccount({
    account: { ...saasAccount(), stacks: [{ ...plainStack("network"), state: "FAILED" }] },
    flags: ["--account-url=https://spacelift.example.com/console"],
  });
  const url = await test.program.listening();
  await test.program.until(ACCEPTED);
  const linked = async () => {
    const links = linksOf(await (await fetch(url)).text());
    return links.includes("https://spacelift.example.com/console/stack/network") &&
      links.includes("https://spacelift.example.com/console");
  };
  await eventually(linked, "The page does not lead into the account");
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} during a slow scrape: the scrape completes, exit code 0 within 5 s`, async () => {
    await using test = serveAccount({
      account: saasAccount(),
      prepare: (demo) => demo.faults.set(USAGE, { delayMs: 1500 }),
    });
    const url = await test.program.listening();
    await test.program.until(ACCEPTED);
    const scrape = fetch(`${url}/metrics`);
    await test.demo.requests.arrived(USAGE);
    const startedAt = performance.now();
    test.program.kill(signal);
    const response = await scrape;
    assert.equal(response.status, 200);
    assert.match(await response.text(), /^spacelift_current_billing_period_used_seats 7$/m);
    const { code, stderr } = await test.program.ended;
    const waited = performance.now() - startedAt;
    assert.equal(code, 0, stderr);
    assert.ok(waited < 5000, `ended after ${waited} ms`);
  });
}

Deno.test("an idle exporter ends at once on SIGTERM, open connections or not", async () => {
  await using test = serveAccount({ account: saasAccount() });
  const url = await test.program.listening();
  await test.program.until(ACCEPTED);
  using open = await RawClient.connect(Number(new URL(url).port));
  const startedAt = performance.now();
  test.program.kill("SIGTERM");
  const { code } = await test.program.ended;
  await open.closed;
  const waited = performance.now() - startedAt;
  assert.equal(code, 0);
  assert.ok(waited < 4500, `ended after ${waited} ms, as if it had waited for somebody`);
});

Deno.test("while draining, nobody new is let in; a second signal ends it at once", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.faults.set(USAGE, { hang: true }),
    flags: ["--scrape-timeout=60s"],
  });
  const url = await test.program.listening();
  await test.program.until(ACCEPTED);
  const port = Number(new URL(url).port);
  using scrape = await RawClient.get(port, "/metrics");
  await test.demo.requests.arrived(USAGE);
  test.program.kill("SIGTERM");
  await test.program.until('"msg":"Shutting down"');
  await eventually(async () => {
    try {
      using refused = await RawClient.connect(port);
      await refused.closed;
      return false;
    } catch {
      return true;
    }
  }, "a new connection was accepted while draining");
  assert.equal(scrape.isClosed, false, "the scrape was cut short by the first signal");
  const startedAt = performance.now();
  test.program.kill("SIGTERM");
  const { code } = await test.program.ended;
  const waited = performance.now() - startedAt;
  assert.equal(code, 0);
  assert.ok(waited < 4500, `ended ${waited} ms after the second signal, as if without it`);
});

Deno.test("a scrape that does not end is dropped 5 s after the signal", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.faults.set(USAGE, { hang: true }),
    flags: ["--scrape-timeout=60s"],
  });
  const url = await test.program.listening();
  await test.program.until(ACCEPTED);
  using scrape = await RawClient.get(Number(new URL(url).port), "/metrics");
  await test.demo.requests.arrived(USAGE);
  const startedAt = performance.now();
  test.program.kill("SIGTERM");
  const { code } = await test.program.ended;
  const seconds = (performance.now() - startedAt) / 1000;
  await scrape.closed;
  assert.equal(code, 0);
  assert.ok(seconds > 4.5 && seconds < 30, `ended after ${seconds} s`);
});

Deno.test("a key that the API rejects ends the program with exit code 77 and a clear line", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.apiKey.setSecret("another"),
  });
  const { code, stderr } = await test.program.ended;
  assert.equal(code, 77);
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  assert.match(last, /"level":"error".*The API rejected the API key: check --api-endpoint/);
  assert.ok(!stderr.includes("demo-secret"), "the secret is logged");
});

Deno.test("an API that cannot be reached is tried again, while the exporter answers", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.faults.set("apiKeyUser", { status: 502 }),
  });
  const url = await test.program.listening();
  await test.program.until("Cannot exchange the API key yet");
  assert.equal(await statusOf(`${url}/health`), 503);
  assert.equal(await statusOf(`${url}/-/healthy`), 200);
  const scrape = await fetch(`${url}/metrics`);
  assert.equal(scrape.status, 500);
  assert.match(await scrape.text(), /^usage: unreachable: The API answered with HTTP 502$/m);
  test.demo.faults.clear();
  await test.program.until(ACCEPTED);
  assert.equal(await statusOf(`${url}/health`), 200);
  assert.equal(await statusOf(`${url}/metrics`), 200);
});

Deno.test("a signal ends a program that still waits for its API", async () => {
  await using test = serveAccount({
    account: saasAccount(),
    prepare: (demo) => demo.faults.set("apiKeyUser", { hang: true }),
  });
  await test.program.listening();
  await test.demo.requests.arrived("apiKeyUser");
  test.program.kill("SIGTERM");
  assert.equal((await test.program.ended).code, 0);
});

Deno.test("the log is one JSON object a line", async () => {
  await using test = serveAccount({ account: saasAccount() });
  await test.program.until(ACCEPTED);
  test.program.kill("SIGTERM");
  const { stdout, stderr } = await test.program.ended;
  assert.equal(stdout, "");
  for (const line of stderr.trimEnd().split("\n")) {
    const { level, ts, msg } = JSON.parse(line);
    assert.match(`${level} ${ts}`, /^(info|warn|error) \d{4}-\d\d-\d\dT[\d:.]+Z$/, line);
    assert.notEqual(msg, "", line);
  }
});

async function statusOf(url: string): Promise<number> {
  const { body, status } = await fetch(url);
  await body?.cancel();
  return status;
}
