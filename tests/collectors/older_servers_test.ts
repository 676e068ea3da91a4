import assert from "node:assert/strict";
import type { Account, Worker } from "../../src/demo/api/account.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../support/start_exporter.ts";

const POOLS = "PrometheusExporter_WorkerPools";
const PUBLIC_POOL = "PrometheusExporter_PublicWorkerPool";
const HOUR = 3600_000;

/** Families that the exporter which this one replaces has not, by the fields that they come from. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  "PublicWorkerPool.schedulableRunsCount": ["spacelift_public_worker_pool_runs_schedulable"],
  "WorkerPool.schedulableRunsCount": ["spacelift_worker_pool_runs_schedulable"],
  "Worker.busy": ["spacelift_worker_pool_runs_schedulable", "spacelift_worker_pool_workers_free"],
};

for (const [field, families] of Object.entries(FAMILIES)) {
  Deno.test(`a server that lacks ${field} is asked without it, for an hour`, async () => {
    using log = captureLog();
    const clock = new FakeClock();
    const { workerPools: [pool], ...others } = saasAccount();
    assert.ok(pool !== undefined);
    const account = { ...others, workerPools: [pool] };
    await using older = startExporter({ account, clock, demo: { missingFields: [field] } });
    await using newer = startExporter({ account, clock });
    const whole = poolSeries(await scrape(newer));
    const isThere = (name: string) => !families.includes(name.replace(/\{.*/s, ""));
    const rest = new Map([...whole].filter(([name]) => isThere(name)));
    assert.notEqual(rest.size, whole.size);
    for (let scrapes = 0; scrapes < 2; scrapes++) {
      assert.deepEqual(poolSeries(await scrape(older)), rest);
    }
    const operation = field.startsWith("Public") ? PUBLIC_POOL : POOLS;
    const asked = older.demo.requests.count(operation);
    assert.equal(asked, families.length + 2, "the larger documents were sent more than once");
    assert.equal(log.records.length, families.length, log.text);
    older.demo.setMissingFields([]);
    await clock.advance(HOUR);
    assert.deepEqual(poolSeries(await scrape(older)), whole);
  });
}

Deno.test("a server that refuses the public pool to the key is asked once each scrape", async () => {
  using _log = captureLog();
  const demo = { refusedToMachines: ["publicWorkerPool"] };
  await using test = startExporter({ account: saasAccount(), demo });
  for (let scrapes = 0; scrapes < 4; scrapes++) {
    const series = await scrape(test);
    const success = series.get('spacelift_scrape_collector_success{collector="publicworkerpool"}');
    assert.equal(success, 1);
    assert.ok(!series.has("spacelift_public_worker_pool_parallelism"));
  }
  assert.equal(test.demo.requests.count(PUBLIC_POOL), 2 + 3);
  test.demo.refusedToMachines = [];
  assert.equal((await scrape(test)).get("spacelift_public_worker_pool_runs_schedulable"), 1);
});

Deno.test("a worker that is busy and drained is one worker that is not free", async () => {
  const workers: Worker[] = [
    { id: "a", busy: true, drained: true },
    { id: "b", busy: false, drained: false },
    { id: "c", busy: false, drained: false },
    { id: "d", busy: true, drained: false },
    { id: "e", busy: false, drained: true },
  ];
  const pool = { id: "p", name: "p", pendingRuns: 0, busyWorkers: 2, workers };
  const account: Account = { ...saasAccount(), workerPools: [pool] };
  await using test = startExporter({ account });
  const labels = '{worker_pool_id="p",worker_pool_name="p"}';
  assert.equal((await scrape(test)).get(`spacelift_worker_pool_workers_free${labels}`), 2);
});

function poolSeries(series: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...series].filter(([name]) => name.includes("worker_pool_")));
}

async function scrape(test: TestExporter): Promise<Map<string, number>> {
  const response = await test.get();
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return seriesOf(parseExposition(text, "text"));
}
