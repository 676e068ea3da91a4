import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { Simulation } from "../../src/demo/life/simulation.ts";
import { saasAccount } from "../support/accounts.ts";
import { scrapeDeadline } from "../../src/http/metrics_route.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { parseExposition } from "../support/parse_exposition.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";

const OPERATIONS = ["PublicWorkerPool", "WorkerPools", "Usage", "Aggregates"].map((name) =>
  `PrometheusExporter_${name}`
);

const DEADLINES: readonly (readonly [header: string | null, scrapeTimeout: number, ms: number])[] =
  [
    [null, 5000, 4500],
    [null, 800, 400],
    ["soon", 5000, 4500],
    ["10", 5000, 5000],
    ["5", 5000, 4500],
    ["0.3", 5000, 100],
  ];

for (const [header, scrapeTimeout, ms] of DEADLINES) {
  Deno.test(`a scrape with the time-out ${header} and ${scrapeTimeout} ms may take ${ms} ms`, () => {
    assert.equal(scrapeDeadline(header, scrapeTimeout), ms);
  });
}

Deno.test("a scraper that says nothing and waits 5 s gets remembered data during a hang", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), clock });
  assert.equal((await test.get()).status, 200);
  test.demo.faults.set("*", { hang: true });
  let isAnswered = false;
  const answer = test.get().finally(() => isAnswered = true);
  await eventually(() => test.demo.requests.count() === 9, "the API was not asked");
  await clock.advance(4499);
  assert.equal(isAnswered, false, "answered before its time");
  await clock.advance(1);
  const response = await answer;
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^spacelift_current_billing_period_used_seats 7$/m);
});

for (
  const [accept, contentType, format] of [
    ["text/plain", "text/plain; version=0.0.4; charset=utf-8", "text"],
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
      "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
      "openmetrics",
    ],
  ] as const
) {
  Deno.test(`GET /metrics for ${accept} is ${format}, compressed or not`, async () => {
    await using test = startExporter({
      account: saasAccount(),
      flags: ["--no-exporter-metrics"],
    });
    const plain = await test.get({ accept });
    assert.equal(plain.headers.get("content-type"), contentType);
    assert.equal(plain.headers.get("content-encoding"), null);
    assert.equal(plain.headers.get("vary"), "Accept, Accept-Encoding");
    const text = await plain.text();
    parseExposition(text, format);
    const compressed = await test.get({ accept, "accept-encoding": "gzip" });
    assert.equal(compressed.headers.get("content-type"), contentType);
    assert.equal(compressed.headers.get("content-encoding"), "gzip");
    const bytes = gunzipSync(await compressed.arrayBuffer());
    assert.equal(new TextDecoder().decode(bytes), text);
  });
}

Deno.test("gzip makes 10,000 series at least five times smaller", async () => {
  const size = { stacks: 0, workerPools: 2500, workersPerPool: 2, seed: 1 };
  const { account } = new Simulation({ ...size, startedAt: 1_800_000_000 });
  await using test = startExporter({ account });
  const plain = (await (await test.get()).arrayBuffer()).byteLength;
  const compressed = await (await test.get({ "accept-encoding": "gzip" })).arrayBuffer();
  const factor = plain / compressed.byteLength;
  assert.ok(factor > 5, `${plain} bytes are compressed only by ${factor.toFixed(1)}`);
});

Deno.test("500 has one line for each collector when none delivered", async () => {
  using _log = captureLog();
  const flags = onlyCollectors("publicworkerpool", "workerpools", "usage", "aggregates");
  await using test = startExporter({ account: saasAccount(), flags });
  const faults = [{ status: 502 }, { errors: ["boom"] }, { body: "<html>" }, { status: 429 }];
  OPERATIONS.forEach((operation, index) => test.demo.faults.set(operation, faults[index] ?? {}));
  const response = await test.get();
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.deepEqual((await response.text()).trimEnd().split("\n"), [
    "publicworkerpool: unreachable: The API answered with HTTP 502",
    'workerpools: graphql: The API answered with the error "boom"',
    "usage: bad_response: The API's reply is not a GraphQL result",
    "aggregates: rate_limited: The API answered with HTTP 429",
  ]);
});

Deno.test("one collector that fails leaves the others' data, unless scrapes must be whole", async () => {
  using _log = captureLog();
  await using partial = startExporter({ account: saasAccount() });
  await using strict = startExporter({
    account: saasAccount(),
    flags: ["--partial-scrapes=false"],
  });
  for (const { demo } of [partial, strict]) {
    demo.faults.set("PrometheusExporter_Usage", { errors: ["boom"] });
  }
  const served = await partial.get();
  const text = await served.text();
  assert.equal(served.status, 200);
  assert.doesNotMatch(text, /billing_period/);
  assert.match(text, /^spacelift_up 1$/m);
  assert.match(text, /^spacelift_scrape_collector_success\{collector="usage"\} 0$/m);
  const refused = await strict.get();
  assert.equal(refused.status, 500);
  assert.equal(await refused.text(), 'usage: graphql: The API answered with the error "boom"\n');
});

Deno.test("a scrape ends half a second before Prometheus gives up", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), clock });
  test.demo.faults.set("PrometheusExporter_Usage", { hang: true });
  const answered = test.get({ "x-prometheus-scrape-timeout-seconds": "3" });
  let isAnswered = false;
  answered.then(() => isAnswered = true);
  await Promise.all(OPERATIONS.map((operation) => test.demo.requests.arrived(operation)));
  await clock.advance(2499);
  assert.equal(isAnswered, false, "answered before the deadline");
  await clock.advance(1);
  const text = await (await answered).text();
  assert.match(text, /failures_total\{collector="usage",reason="timeout"\} 1$/m);
  assert.match(text, /^spacelift_scrape_collector_success\{collector="workerpools"\} 1$/m);
  await settle();
  assert.equal(clock.pending, 0, "a timer was left behind");
});

Deno.test("a client that leaves ends the requests that nobody else waits for", async () => {
  const flags = onlyCollectors("usage");
  await using test = startExporter({ account: saasAccount(), flags });
  test.demo.faults.set("PrometheusExporter_Usage", { hang: true });
  const leaving = new AbortController();
  const request = new Request("http://exporter.invalid/metrics", { signal: leaving.signal });
  const answered = test.handler(request);
  await test.demo.requests.arrived("PrometheusExporter_Usage");
  leaving.abort();
  await assert.equal((await answered).status, 500);
  const [sent] = test.demo.requests.list("PrometheusExporter_Usage");
  await eventually(() => sent?.outcome === "aborted", "the request to the API goes on");
});
