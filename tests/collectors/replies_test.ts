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
  "a text for a number": ["usage", USAGE, put("data.usage.usedSeats", "7")],
  "a negative count": ["usage", USAGE, put("data.usage.usedSeats", -1)],
  "a fraction for a count": ["workerpools", POOLS, put("data.workerPools.0.pendingRuns", 0.5)],
  "a count beyond exactness": ["workerpools", POOLS, put("data.workerPools.0.busyWorkers", 1e300)],
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
  "a value that is no number": [
    "aggregates",
    AGGREGATES,
    put("data.metrics.averageRunDuration.0.value", null),
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
    /^spacelift_worker_pool_workers(_drained)?\{.*01HPOOLA/,
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
