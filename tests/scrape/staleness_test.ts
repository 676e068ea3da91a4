import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../support/start_exporter.ts";

const USAGE = "PrometheusExporter_Usage";
const AGGREGATES = "PrometheusExporter_Aggregates";
const DAY = 24 * 3600_000;
const WALL = 1_800_000_000_000;

/** The figures of the collector `usage`: its data, and what tells of its age. */
async function usageOf(test: TestExporter) {
  const series = seriesOf(parseExposition(await (await test.get()).text(), "text"));
  const own = (name: string) => series.get(`spacelift_scrape_collector_${name}{collector="usage"}`);
  return {
    seats: series.get("spacelift_current_billing_period_used_seats"),
    success: own("success"),
    lastSuccess: own("last_success_timestamp_seconds"),
  };
}

for (const step of [0, -DAY, DAY]) {
  Deno.test(`last good data is withdrawn at its limit, wall clock ${step / DAY} days off`, async () => {
    using _log = captureLog();
    const clock = new FakeClock(WALL);
    await using test = startExporter({
      account: saasAccount(),
      clock,
      flags: ["--max-staleness=2m"],
    });
    const lastSuccess = WALL / 1000;
    assert.deepEqual(await usageOf(test), { seats: 7, success: 1, lastSuccess });
    clock.stepWall(step);
    test.demo.faults.set(USAGE, { status: 500 });
    assert.deepEqual(await usageOf(test), { seats: 7, success: 0, lastSuccess });
    await clock.advance(119_999);
    assert.deepEqual(await usageOf(test), { seats: 7, success: 0, lastSuccess });
    await clock.advance(1);
    assert.deepEqual(await usageOf(test), { seats: undefined, success: 0, lastSuccess });
    test.demo.faults.clear();
    const now = clock.wall() / 1000;
    assert.deepEqual(await usageOf(test), { seats: 7, success: 1, lastSuccess: now });
  });
}

Deno.test("the age of data counts from the question, not from the answer", async () => {
  using _log = captureLog();
  const clock = new FakeClock(WALL);
  await using test = startExporter({
    account: saasAccount(),
    clock,
    flags: ["--max-staleness=10s"],
  });
  await usageOf(test);
  test.demo.faults.set(USAGE, { delayMs: 4000 }, { times: 1 });
  const slow = usageOf(test);
  await test.demo.requests.arrived(USAGE, 2);
  await clock.advance(4000);
  assert.deepEqual(await slow, { seats: 7, success: 1, lastSuccess: WALL / 1000 });
  test.demo.faults.set(USAGE, { status: 500 });
  await clock.advance(5999);
  assert.equal((await usageOf(test)).seats, 7);
  await clock.advance(1);
  assert.equal((await usageOf(test)).seats, undefined);
});

for (const [end, seats] of [[9999, 7], [10_000, undefined]] as const) {
  Deno.test(`last good data for 10 s, in a scrape that ends after ${end} ms: ${seats}`, async () => {
    using _log = captureLog();
    const clock = new FakeClock(WALL);
    await using test = startExporter({
      account: saasAccount(),
      clock,
      flags: ["--max-staleness=10s"],
    });
    await usageOf(test);
    await clock.advance(end - 4000);
    test.demo.faults.set(USAGE, { status: 500 });
    test.demo.faults.set(AGGREGATES, { delayMs: 4000 });
    const slow = usageOf(test);
    await test.demo.requests.arrived(AGGREGATES, 2);
    await clock.advance(4000);
    assert.equal((await slow).seats, seats);
  });
}

Deno.test("--max-staleness=0 serves nothing but what was just collected", async () => {
  using _log = captureLog();
  await using test = startExporter({ account: saasAccount(), flags: ["--max-staleness=0"] });
  assert.equal((await usageOf(test)).seats, 7);
  test.demo.faults.set(USAGE, { status: 500 });
  assert.equal((await usageOf(test)).seats, undefined);
});

Deno.test("a failure and its end are logged once each, however many scrapes meet it", async () => {
  using log = captureLog();
  await using test = startExporter({ account: saasAccount() });
  for (const status of [500, 502, undefined]) {
    test.demo.faults.clear();
    if (status !== undefined) test.demo.faults.set(USAGE, { status });
    for (let scrape = 0; scrape < 3; scrape++) await usageOf(test);
  }
  const messages = log.records.map((line) =>
    /"msg":"([^"]+)","collectors":\["usage"\]/.exec(line)?.[1]
  );
  assert.deepEqual(messages, ["Collectors failed", "Collectors recovered"]);
});
