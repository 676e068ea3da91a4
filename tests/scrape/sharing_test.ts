import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { RawClient } from "../support/raw_client.ts";
import { Stage } from "../faults/stage.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";

const USAGE = "PrometheusExporter_Usage";
/** When the API answers each collector, in milliseconds. */
const DELAYS: Readonly<Record<string, readonly [operation: string, ms: number]>> = {
  publicworkerpool: ["PrometheusExporter_PublicWorkerPool", 700],
  workerpools: ["PrometheusExporter_WorkerPools", 1000],
  usage: [USAGE, 1000],
  aggregates: ["PrometheusExporter_Aggregates", 1000],
};

/** Of an answer to a scrape, the collectors that succeeded in it. */
function succeeded(text: string): string[] {
  if (!text.startsWith("#")) return [];
  const series = seriesOf(parseExposition(text, "text"));
  return Object.keys(DELAYS).filter((collector) =>
    series.get(`spacelift_scrape_collector_success{collector="${collector}"}`) === 1
  );
}

Deno.test("200 scrapers share one request per collector, each within its own deadline", async () => {
  const clock = new FakeClock();
  const flags = ["--partial-scrapes", "--max-staleness=0"];
  await using test = startExporter({ account: saasAccount(), clock, flags });
  await (await test.get()).text();
  for (const [operation, delayMs] of Object.values(DELAYS)) {
    test.demo.faults.set(operation, { delayMs });
  }
  const start = clock.monotonic();
  const scrapes = Array.from({ length: 200 }, async (_, index) => {
    const deadline = 210 + index * 24;
    const seconds = `${(deadline + 500) / 1000}`;
    const response = await test.get({ "x-prometheus-scrape-timeout-seconds": seconds });
    const after = clock.monotonic() - start;
    return { deadline, after, text: await response.text() };
  });
  for (const [operation] of Object.values(DELAYS)) await test.demo.requests.arrived(operation, 2);
  await clock.advance(5000);
  for (const { deadline, after, text } of await Promise.all(scrapes)) {
    const about = `with a deadline of ${deadline} ms`;
    assert.equal(Math.round(after), Math.min(deadline, 1000), `When it is answered ${about}`);
    const here = Object.keys(DELAYS).filter((name) => Number(DELAYS[name]?.[1]) < deadline);
    assert.deepEqual(succeeded(text), here, `What it is served ${about}`);
    assert.ok(here.length === 4 || /timeout/.test(text), `The rest should be a timeout, ${about}`);
  }
  for (const [operation] of Object.values(DELAYS)) {
    assert.equal(test.demo.requests.count(operation), 2, `Requests for ${operation}`);
  }
});

Deno.test("a request is aborted within 100 ms of its last scraper leaving", async () => {
  await using stage = await Stage.start({
    partial: true,
    raw: { operation: USAGE, script: ({ closed }) => closed, times: 3 },
  });
  const delays: number[] = [];
  for (let round = 1; round <= 3; round++) {
    const clients = [];
    for (let n = 0; n < 5; n++) clients.push(await RawClient.get(stage.port, "/metrics"));
    await eventually(
      () => stage.proxy?.met === round,
      "An abort was not followed by a new request",
    );
    const [last, ...others] = clients;
    for (const client of others) client[Symbol.dispose]();
    const closed = stage.proxy?.closed ?? Promise.resolve();
    const early = await Promise.race([closed.then(() => "closed"), after(100)]);
    assert.equal(early, undefined, "Those who left cut their neighbour short");
    const left = performance.now();
    last?.[Symbol.dispose]();
    await closed;
    delays.push(performance.now() - left);
  }
  // The machine may be busy in one round, not in all.
  assert.ok(Math.min(...delays) < 100, `Aborted after ${delays.map(Math.round)} ms`);
  const { status, text } = await stage.scrape();
  assert.equal(status, 200);
  assert.deepEqual(succeeded(text), Object.keys(DELAYS), "A scrape after an abort asks anew");
});

Deno.test("scrapers who share a failed request all get its error", async () => {
  await using stage = await Stage.start({ partial: true });
  await stage.scrape();
  stage.demo.faults.set(USAGE, { delayMs: 500, status: 502 });
  const answers = await Promise.all(Array.from({ length: 10 }, () => stage.scrape()));
  assert.equal(stage.demo.requests.count(USAGE), 2);
  for (const { text } of answers) {
    assert.deepEqual(succeeded(text), ["publicworkerpool", "workerpools", "aggregates"]);
  }
  const counted = 'collector_failures_total{collector="usage",reason="unreachable"} 10';
  assert.ok(answers.some(({ text }) => text.includes(counted)), "Each scrape counts its failure");
});

Deno.test("a request that hangs ends in time however many scrapers join it", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  const flags = ["--scrape-timeout=500ms", "--partial-scrapes", "--max-staleness=0"];
  await using test = startExporter({ account: saasAccount(), clock, flags });
  await (await test.get()).text();
  test.demo.faults.set(USAGE, { hang: true }, { times: 1 });
  const start = clock.monotonic();
  const ask = async () => {
    const text = await (await test.get()).text();
    return { text, after: clock.monotonic() - start };
  };
  const first = ask();
  await test.demo.requests.arrived(USAGE, 2);
  await clock.advance(100);
  const second = ask();
  await clock.advance(400);
  for (const { text, after } of [await first, await second]) {
    assert.ok(after < 500, `The request went on for its second scraper: until ${after} ms`);
    assert.match(text, /collector="usage",reason="timeout"\} [12]\n/);
  }
  assert.equal(test.demo.requests.count(USAGE), 2, "The second scraper did not join");
});

Deno.test("a scrape joins no request that is older than half its own time", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  const flags = ["--scrape-timeout=30s", ...onlyCollectors("usage")];
  await using test = startExporter({ account: saasAccount(), clock, flags });
  const ask = (seconds: number) =>
    test.get({ "x-prometheus-scrape-timeout-seconds": `${seconds + 0.5}` });
  test.demo.faults.set(USAGE, { hang: true }, { times: 1 });
  const first = ask(30);
  await test.demo.requests.arrived(USAGE);
  await clock.advance(2000);
  const joined = ask(4);
  await clock.advance(1);
  assert.equal(test.demo.requests.count(USAGE), 1, "a request half as old was not joined");
  assert.match(await (await ask(4)).text(), /used_seats 7$/m, "it waited for what had hung");
  assert.equal(test.demo.requests.count(USAGE), 2);
  await clock.advance(28_000);
  const text = await (await first).text();
  assert.match(text, /used_seats 7$/m);
  assert.match(text, /collector_failures_total\{collector="usage",reason="timeout"\} [12]\n/);
  await (await joined).text();
  const last = seriesOf(parseExposition(await (await ask(4)).text(), "text"));
  assert.equal(last.get('spacelift_scrape_collector_success{collector="usage"}'), 1);
});

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
