import assert from "node:assert/strict";
import { put } from "../api/faults.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { ASKED_ON_SCRAPES, startExporter, type TestExporter } from "../support/start_exporter.ts";

type Edit = (reply: unknown) => unknown;

const AGGREGATES = "PrometheusExporter_Aggregates";
const POOLS = "PrometheusExporter_WorkerPools";
const PUBLIC_POOL = "PrometheusExporter_PublicWorkerPool";
const USAGE = "PrometheusExporter_Usage";

/** Replies that no collector may believe. */
const WRONG: Readonly<Record<string, readonly [string, string, Edit]>> = {
  "a pool without an id": ["workerpools", POOLS, put("data.workerPools.0.id", undefined)],
  "two pools with one id": ["workerpools", POOLS, put("data.workerPools.0.id", "01HPOOLB")],
  "no list of pools": ["workerpools", POOLS, put("data.workerPools", null)],
  "no usage": ["usage", USAGE, put("data.usage", null)],
  "a field that is missing": ["publicworkerpool", PUBLIC_POOL, put("data.publicWorkerPool", {})],
  "no data": ["aggregates", AGGREGATES, put("data", null)],
  "two values for one state": [
    "aggregates",
    AGGREGATES,
    put("data.metrics.stacksCountByState.0.labels", ["FAILED"]),
  ],
};

for (const [what, [collector, operation, edit]] of Object.entries(WRONG)) {
  Deno.test(`a reply with ${what} fails its collector and no other`, async () => {
    using _log = captureLog();
    await using test = startExporter({ account: saasAccount() });
    test.demo.faults.set(operation, { edit });
    const series = await scrape(test);
    for (const name of ASKED_ON_SCRAPES) {
      const success = `spacelift_scrape_collector_success{collector="${name}"}`;
      assert.equal(series.get(success), name === collector ? 0 : 1, success);
    }
    const failures = "spacelift_scrape_collector_failures_total";
    const counted = `${failures}{collector="${collector}",reason="bad_response"}`;
    assert.equal(series.get(counted), 1, counted);
  });
}

/** Series that a reply leaves out, by what is not known; everything else stays. */
const UNKNOWN: Readonly<Record<string, readonly [string, Edit, RegExp]>> = {
  "the public worker pool": [
    PUBLIC_POOL,
    put("data.publicWorkerPool", null),
    /^spacelift_public_worker_pool_/,
  ],
  "the account's metrics": [
    AGGREGATES,
    put("data.metrics", null),
    /^spacelift_(current_(?!billing)|run_duration)/,
  ],
  "one pool's workers": [
    POOLS,
    put("data.workerPools.0.workers", null),
    /^spacelift_worker_pool_workers(_drained|_free)?\{.*01HPOOLA/,
  ],
  "whether one worker is busy": [
    POOLS,
    put("data.workerPools.0.workers.0.busy", null),
    /^spacelift_worker_pool_workers_free\{.*01HPOOLA/,
  ],
  "one pool's schedulable runs": [
    POOLS,
    put("data.workerPools.0.schedulableRunsCount", null),
    /^spacelift_worker_pool_runs_schedulable\{.*01HPOOLA/,
  ],
  "the public pool's schedulable runs": [
    PUBLIC_POOL,
    put("data.publicWorkerPool.schedulableRunsCount", null),
    /^spacelift_public_worker_pool_runs_schedulable/,
  ],
  "one pool's pending runs": [
    POOLS,
    put("data.workerPools.0.pendingRuns", null),
    /^spacelift_worker_pool_runs_pending\{.*01HPOOLA/,
  ],
  "the seats": [USAGE, put("data.usage.usedSeats", null), /used_seats$/],
  "the average run duration": [
    AGGREGATES,
    put("data.metrics.averageRunDuration", []),
    /^spacelift_(current_average_run_duration|run_duration_average_seconds)$/,
  ],
  "one state's label": [
    AGGREGATES,
    put("data.metrics.stacksCountByState.0.labels", []),
    /^spacelift_current_stacks_count_by_state\{.*A_NEW_STATE/,
  ],
};

for (const [what, [operation, edit, left]] of Object.entries(UNKNOWN)) {
  Deno.test(`when ${what} is not known, its series are left out, never 0`, async () => {
    await using test = startExporter({
      account: saasAccount(),
      flags: ["--no-exporter-metrics"],
    });
    const whole = await scrape(test);
    test.demo.faults.set(operation, { edit });
    const series = await scrape(test);
    const missing = [...whole.keys()].filter((name) => !series.has(name));
    assert.deepEqual(missing, [...whole.keys()].filter((name) => left.test(name)));
    assert.notEqual(missing.length, 0, "nothing was left out");
    const success = [...series].filter(([name]) => name.includes("collector_success"));
    assert.deepEqual(success.map(([, value]) => value), ASKED_ON_SCRAPES.map(() => 1));
  });
}

/** Figures that cannot be right: what is left out, and what the log says of it. */
const ODD: Readonly<Record<string, readonly [string, Edit, RegExp, string]>> = {
  "a text": [
    USAGE,
    put("data.usage.usedSeats", "canary"),
    /used_seats$/,
    "usage.usedSeats should be a whole number from 0 to 9007199254740991, got a text",
  ],
  "a negative count": [
    USAGE,
    put("data.usage.usedPublicMinutes", -5),
    /used_public_seconds$/,
    "usage.usedPublicMinutes should be a whole number from 0 to 9007199254740991, got -5",
  ],
  "a fraction of a count": [
    POOLS,
    put("data.workerPools.0.pendingRuns", 2.5),
    /^spacelift_worker_pool_runs_pending\{.*01HPOOLA/,
    "workerPools.0.pendingRuns should be a whole number from 0 to 9007199254740991, got 2.5",
  ],
  "a count beyond exactness": [
    POOLS,
    put("data.workerPools.1.busyWorkers", 2 ** 53),
    /^spacelift_worker_pool_workers_busy\{.*01HPOOLB/,
    "workerPools.1.busyWorkers should be a whole number from 0 to 9007199254740991, got 9007199254740992",
  ],
  "a null in a point": [
    AGGREGATES,
    put("data.metrics.averageRunDuration.0.value", null),
    /^spacelift_(current_average_run_duration|run_duration_average_seconds)$/,
    "metrics.averageRunDuration.0.value should be a number from 0 on, got null",
  ],
  "a point without a label": [
    AGGREGATES,
    put("data.metrics.stacksCountByState.0.labels", []),
    /^spacelift_current_stacks_count_by_state\{.*A_NEW_STATE/,
    "metrics.stacksCountByState.0.labels should be a list that begins with a text, got a list",
  ],
};

for (const [what, [operation, edit, left, message]] of Object.entries(ODD)) {
  Deno.test(`a figure that is ${what} is left out alone, logged once and counted`, async () => {
    using log = captureLog();
    await using test = startExporter({ account: saasAccount() });
    const whole = await scrape(test);
    test.demo.faults.set(operation, { edit });
    const series = await scrape(test);
    const missing = [...whole.keys()].filter((name) => !series.has(name));
    assert.deepEqual(missing, [...whole.keys()].filter((name) => left.test(name)));
    assert.notEqual(missing.length, 0, "nothing was left out");
    const success = [...series].filter(([name]) => name.includes("collector_success"));
    assert.equal(success.length, ASKED_ON_SCRAPES.length);
    assert.ok(success.every(([, value]) => value === 1), "a collector failed");
    const counted = `spacelift_exporter_api_figures_omitted_total{operation="${operation}"}`;
    assert.deepEqual([whole.get(counted), series.get(counted)], [0, 1]);
    assert.equal((await scrape(test)).get(counted), 2);
    const records = log.records.map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map((record) => [record.level, record.operation, record.figure]),
      [["warn", operation, message]],
    );
  });
}

Deno.test("every odd figure of a reply is left out, and each kind of them logged once", async () => {
  using log = captureLog();
  await using test = startExporter({ account: saasAccount() });
  const both: Edit = (reply) =>
    put("data.workerPools.0.pendingRuns", -1)(
      put("data.workerPools.1.pendingRuns", -2)(put("data.workerPools.1.workers", 3)(reply)),
    );
  test.demo.faults.set(POOLS, { edit: both });
  const series = await scrape(test);
  const pools = [...series.keys()].filter((name) => name.startsWith("spacelift_worker_pool_"));
  assert.deepEqual(pools.map((name) => name.replace(/,.*/s, "")), [
    'spacelift_worker_pool_runs_schedulable{worker_pool_id="01HPOOLA"',
    'spacelift_worker_pool_runs_schedulable{worker_pool_id="01HPOOLB"',
    'spacelift_worker_pool_workers{worker_pool_id="01HPOOLA"',
    'spacelift_worker_pool_workers_busy{worker_pool_id="01HPOOLA"',
    'spacelift_worker_pool_workers_busy{worker_pool_id="01HPOOLB"',
    'spacelift_worker_pool_workers_drained{worker_pool_id="01HPOOLA"',
    'spacelift_worker_pool_workers_free{worker_pool_id="01HPOOLA"',
  ]);
  assert.equal(series.get(`spacelift_exporter_api_figures_omitted_total{operation="${POOLS}"}`), 3);
  assert.equal(log.records.length, 2, log.text);
});

Deno.test("-1 for a limit means that there is none: the figure is left out and nothing is odd", async () => {
  using log = captureLog();
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set(PUBLIC_POOL, { edit: put("data.publicWorkerPool.parallelism", -1) });
  const series = await scrape(test);
  assert.equal(series.get("spacelift_public_worker_pool_parallelism"), undefined);
  assert.equal(series.get("spacelift_public_worker_pool_runs_pending"), 2);
  assert.equal(log.text, "");
});

Deno.test("a pool without a name has an empty one", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set(POOLS, { edit: put("data.workerPools.0.name", null) });
  const series = await scrape(test);
  const name = 'spacelift_worker_pool_workers{worker_pool_id="01HPOOLA",worker_pool_name=""}';
  assert.equal(series.get(name), 2);
});

async function scrape(test: TestExporter): Promise<Map<string, number>> {
  const response = await test.get();
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return seriesOf(parseExposition(text, "text"));
}
