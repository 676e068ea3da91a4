import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { startExporter } from "../support/start_exporter.ts";

// What a scrape costs the account is a promise: a dearer document must show in review.
const DOCUMENTS: Readonly<Record<string, readonly [string, string]>> = {
  publicworkerpool: [
    "PrometheusExporter_PublicWorkerPool",
    "query PrometheusExporter_PublicWorkerPool{publicWorkerPool{parallelism,busyWorkers,pendingRuns}}",
  ],
  workerpools: [
    "PrometheusExporter_WorkerPools",
    "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,workers{id,drained}}}",
  ],
  usage: [
    "PrometheusExporter_Usage",
    "query PrometheusExporter_Usage{usage{billingPeriodStart,billingPeriodEnd,usedPrivateMinutes,usedPublicMinutes,usedSeats}}",
  ],
  aggregates: [
    "PrometheusExporter_Aggregates",
    "query PrometheusExporter_Aggregates{metrics{stacksCountByState{value,labels},resourcesCountByDrift{value,labels},avgStackSizeByResourceCount{value,labels},averageRunDuration{value,labels},medianRunDuration{value,labels}}}",
  ],
};

for (const [collector, [operation, document]] of Object.entries(DOCUMENTS)) {
  Deno.test(`collector ${collector} sends its one document, once a scrape`, async () => {
    const others = Object.keys(DOCUMENTS).filter((name) => name !== collector);
    await using test = startExporter({
      account: saasAccount(),
      flags: others.map((name) => `--no-collector.${name}`),
    });
    for (let scrape = 1; scrape <= 3; scrape++) {
      const response = await test.get();
      await response.body?.cancel();
      const sent = test.demo.requests.list().map(({ operation }) => operation);
      assert.deepEqual(sent, ["apiKeyUser", ...Array<string>(scrape).fill(operation)]);
    }
    const [request] = test.demo.requests.list(operation);
    assert.equal(request?.operationName, operation);
    assert.equal(request.document, document);
    assert.deepEqual(request.variables, {});
  });
}

Deno.test("one scrape of everything sends each document once, with the token once exchanged", async () => {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get();
  await response.body?.cancel();
  const sent = test.demo.requests.list().map(({ operation }) => operation);
  assert.deepEqual(
    sent.sort(),
    ["apiKeyUser", ...Object.values(DOCUMENTS).map(([operation]) => operation)].sort(),
  );
});

Deno.test("50 scrapes at once ask each collector once and all get the whole exposition", async () => {
  await using test = startExporter({ account: saasAccount() });
  const responses = await Promise.all(Array.from({ length: 50 }, () => test.get()));
  const texts = new Set(await Promise.all(responses.map((response) => response.text())));
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
  assert.ok([...texts].every((text) => text.includes("spacelift_worker_pool_workers{")));
  for (const [operation] of Object.values(DOCUMENTS)) {
    assert.equal(test.demo.requests.count(operation), 1, operation);
  }
});
