import assert from "node:assert/strict";
import { authenticate } from "../../src/app/authenticate.ts";
import { emptyAccount } from "../../src/demo/api/account.ts";
import type { Fault } from "../api/faults.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { Secret } from "../../src/secret.ts";
import { KeyRejected } from "../../src/spacelift/session.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { startClient } from "../support/start_client.ts";
import { startExporter } from "../support/start_exporter.ts";

const EXCHANGE = "apiKeyUser";

/** How long the second try waits after a first one that met the fault, in milliseconds. */
async function pauseAfter(fault: Fault): Promise<number> {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: emptyAccount(), clock });
  test.demo.faults.set(EXCHANGE, fault, { times: 1 });
  const { signal } = new AbortController();
  const accepted = authenticate(test.exporter.session, { clock, timeout: 5000, signal });
  await eventually(() => log.text.includes("retrying"), "the first try did not fail");
  const pause = clock.untilNext;
  await clock.advance(pause);
  await accepted;
  assert.equal(clock.pending, 0, "a timer is left");
  return pause;
}

for (const header of [undefined, "0", "Sun, 06 Nov 1994 08:49:37 GMT"]) {
  Deno.test(`the first exchange is tried again after a pause, Retry-After: ${header}`, async () => {
    const headers = header === undefined ? {} : { "retry-after": header };
    const pause = await pauseAfter({ status: 503, headers });
    assert.ok(pause >= 500 && pause <= 1000, `a pause of ${pause} ms`);
  });
}

Deno.test("the first exchange obeys Retry-After", async () => {
  assert.equal(await pauseAfter({ status: 429, headers: { "retry-after": "20" } }), 20_000);
});

Deno.test("the first exchange is tried again when the API does not answer in time", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: emptyAccount(), clock });
  test.demo.faults.set(EXCHANGE, { delayMs: 60_000 }, { times: 1 });
  const { signal } = new AbortController();
  const accepted = authenticate(test.exporter.session, { clock, timeout: 5000, signal });
  await test.demo.requests.arrived(EXCHANGE);
  await clock.advance(4999);
  assert.equal(log.text, "", "ended before its time");
  await clock.advance(1);
  await eventually(() => log.text.includes('"reason":"timeout"'), "no time-out");
  // The next try may still meet the end of the first one's connection, and then comes a third.
  const over = accepted.then(() => true);
  await eventually(async () => {
    await clock.advance(1000);
    return await Promise.race([over, false]);
  }, "the key is not tried again");
});

Deno.test("a secret that cannot be read is read again, for it may be in the making", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using demo = startSimulatedApi({ account: emptyAccount(), clock });
  let exists = false;
  const secret = () =>
    exists
      ? Promise.resolve(new Secret("demo-secret"))
      : Promise.reject(new Error("there is no such file"));
  const key = { id: "demo-key", secret };
  using test = startClient(demo.url, { clock, key });
  const { signal } = new AbortController();
  const accepted = authenticate(test.session, { clock, timeout: 5000, signal });
  const failed = eventually(() => log.text.includes("retrying"), "the first try did not fail");
  await Promise.race([accepted, failed]);
  assert.match(log.text, /there is no such file/);
  exists = true;
  await clock.advance(1000);
  await accepted;
  assert.equal(demo.requests.count(EXCHANGE), 1);
});

Deno.test("a rejected key is an error at once", async () => {
  await using test = startExporter({ account: emptyAccount() });
  test.demo.apiKey.revoke();
  const clock = new FakeClock();
  const { signal } = new AbortController();
  await assert.rejects(
    authenticate(test.exporter.session, { clock, timeout: 5000, signal }),
    (error) => error instanceof KeyRejected,
  );
  assert.equal(test.demo.requests.count(EXCHANGE), 1);
});

Deno.test("a signal ends the pause between two tries", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: emptyAccount(), clock });
  test.demo.faults.set(EXCHANGE, { status: 500 });
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = authenticate(test.exporter.session, { clock, timeout: 5000, signal });
  await eventually(() => log.text.includes("retrying"), "the first try did not fail");
  stopping.abort();
  await assert.rejects(ended, { name: "AbortError" });
  assert.equal(clock.pending, 0, "a timer is left");
});

Deno.test("an API that stays away is one record, however often the key is tried", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: emptyAccount(), clock });
  test.demo.faults.set(EXCHANGE, { status: 502 });
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = authenticate(test.exporter.session, { clock, timeout: 5000, signal });
  for (let tried = 1; tried <= 3; tried++) {
    await eventually(() => test.demo.requests.count(EXCHANGE) >= tried, "the key was not tried");
    await eventually(() => clock.pending === 1, "the try does not end");
    await clock.advance(30_000);
  }
  const records = log.records.filter((line) => line.includes("Cannot exchange the API key"));
  assert.equal(records.length, 1, log.text);
  assert.match(records[0] ?? "", /"level":"warn"/);
  stopping.abort();
  await assert.rejects(ended, { name: "AbortError" });
});
