import assert from "node:assert/strict";
import type { Fault } from "../api/faults.ts";
import { saasAccount } from "../support/accounts.ts";
import { type CapturedLog, captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { onlyCollectors, startExporter, type TestExporter } from "../support/start_exporter.ts";

const ALL = ["aggregates", "publicworkerpool", "usage", "workerpools"];
const FOUR = onlyCollectors(...ALL);
const USAGE = "PrometheusExporter_Usage";
const BAD_GATEWAY: Fault = { status: 502 };

/** The records on collectors, as level, message, reason and collectors. */
function records(log: CapturedLog): string[] {
  return log.records.map((line) => JSON.parse(line)).filter(({ collectors }) => collectors)
    .map(({ level, msg, reason, collectors }) =>
      `${level} ${msg} ${reason ?? "-"}: ${collectors.join(" ")}`
    );
}

async function scrape(test: TestExporter, times = 1): Promise<void> {
  for (let time = 0; time < times; time++) await (await test.get()).text();
}

Deno.test("an outage is one record, and its end another", async () => {
  using log = captureLog();
  await using test = startExporter({ account: saasAccount(), flags: FOUR });
  await scrape(test);
  test.demo.faults.set("*", BAD_GATEWAY);
  await scrape(test, 3);
  test.demo.faults.clear();
  await scrape(test, 3);
  assert.deepEqual(records(log), [
    `warn Collectors failed unreachable: ${ALL.join(" ")}`,
    `info Collectors recovered unreachable: ${ALL.join(" ")}`,
  ]);
});

Deno.test("an API that hangs is one outage, though each scrape gives it up by itself", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: FOUR, clock });
  await scrape(test);
  test.demo.faults.set("*", { hang: true });
  for (let time = 0; time < 2; time++) {
    const arrived = test.demo.requests.count();
    const answer = test.get({ "x-prometheus-scrape-timeout-seconds": "3" });
    await eventually(() => test.demo.requests.count() === arrived + 4, "the API was not asked");
    await clock.advance(2500);
    await (await answer).text();
  }
  assert.deepEqual(records(log), [`warn Collectors failed timeout: ${ALL.join(" ")}`]);
});

Deno.test("collectors that fail for different reasons are told apart", async () => {
  using log = captureLog();
  await using test = startExporter({ account: saasAccount(), flags: FOUR });
  test.demo.faults.set(USAGE, { errors: ["unauthorized"] });
  await scrape(test, 2);
  test.demo.faults.set("*", BAD_GATEWAY);
  test.demo.faults.set(USAGE, { errors: ["unauthorized"] });
  await scrape(test, 2);
  test.demo.faults.clear();
  await scrape(test, 2);
  const others = ALL.filter((name) => name !== "usage").join(" ");
  assert.deepEqual(records(log), [
    "warn Collectors failed unauthorized: usage",
    `warn Collectors failed unreachable: ${others}`,
    "info Collectors recovered unauthorized: usage",
    `info Collectors recovered unreachable: ${others}`,
  ]);
});

Deno.test("a collector in the background takes part in the outage that scrapes have met", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({
    account: saasAccount(),
    flags: [...FOUR, "--collector.stacks"],
    clock,
    background: true,
  });
  await walked(test, () => test.peek("stacks")?.lastSuccess !== undefined, clock, 0);
  await scrape(test);
  test.demo.faults.set("*", BAD_GATEWAY);
  await scrape(test);
  await walked(test, () => test.peek("stacks")?.failure !== undefined, clock, 70_000);
  await scrape(test);
  test.demo.faults.clear();
  await scrape(test);
  await walked(test, () => test.peek("stacks")?.failure === undefined, clock, 40_000);
  assert.deepEqual(records(log), [
    `warn Collectors failed unreachable: ${ALL.join(" ")}`,
    `info Collectors recovered unreachable: ${[...ALL, "stacks"].sort().join(" ")}`,
  ]);
});

Deno.test("the end of an outage does not wait for a collector that goes on failing", async () => {
  using log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: FOUR, clock });
  test.demo.faults.set("*", BAD_GATEWAY);
  await scrape(test);
  test.demo.faults.clear();
  test.demo.faults.set(USAGE, BAD_GATEWAY);
  await scrape(test);
  await clock.advance(299_999);
  await scrape(test);
  assert.equal(records(log).length, 1);
  await clock.advance(1);
  await scrape(test, 2);
  const others = ALL.filter((name) => name !== "usage").join(" ");
  assert.deepEqual(records(log), [
    `warn Collectors failed unreachable: ${ALL.join(" ")}`,
    `info Collectors recovered unreachable: ${others}`,
  ]);
});

/** Moves the clock on until the walk over the stacks has come to what is waited for. */
async function walked(
  test: TestExporter,
  isDone: () => boolean,
  clock: FakeClock,
  limit: number,
): Promise<void> {
  for (let at = 0; at < limit && !isDone(); at += 1000) {
    await clock.advance(1000);
    await eventually(() => test.demo.requests.inFlight === 0, "the API does not answer");
  }
  await eventually(isDone, "the walk does not end");
}
