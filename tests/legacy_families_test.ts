import assert from "node:assert/strict";
import { parseExposition } from "./support/parse_exposition.ts";

// What dashboards and alerts of the exporter that this one replaces rely on. A recorded exposition
// that is updated could let a family disappear unnoticed; this list could not.
const NO_LABELS: Readonly<Record<string, string>> = {
  spacelift_public_worker_pool_runs_pending:
    "The number of runs in your account currently queued and waiting for a public worker",
  spacelift_public_worker_pool_workers_busy:
    "The number of currently busy workers in the public worker pool for this account",
  spacelift_public_worker_pool_parallelism:
    "The maximum number of simultaneously executing runs on the public worker pool for this account",
  spacelift_current_billing_period_start_timestamp_seconds:
    "The timestamp of the start of the current billing period",
  spacelift_current_billing_period_end_timestamp_seconds:
    "The timestamp of the end of the current billing period",
  spacelift_current_billing_period_used_private_seconds:
    "The amount of private worker usage in the current billing period",
  spacelift_current_billing_period_used_public_seconds:
    "The amount of public worker usage in the current billing period",
  spacelift_current_billing_period_used_seats:
    "The number of seats used in the current billing period",
  spacelift_current_avg_stack_size_by_resource_count: "The average stack size by resource count",
  spacelift_current_average_run_duration: "The average run duration",
  spacelift_current_median_run_duration: "The median run duration",
  spacelift_scrape_duration_seconds:
    "The duration in seconds of the request to the Spacelift API for metrics",
};
const WORKER_POOL: Readonly<Record<string, string>> = {
  spacelift_worker_pool_runs_pending:
    "The number of runs currently queued and waiting for a worker from a particular pool",
  spacelift_worker_pool_workers_busy: "The number of currently busy workers in a worker pool",
  spacelift_worker_pool_workers: "The number of workers in a worker pool",
  spacelift_worker_pool_workers_drained:
    "The number of workers in a worker pool that have been drained",
};
const PER_STATE: Readonly<Record<string, string>> = {
  spacelift_current_stacks_count_by_state: "The number of stacks grouped by state",
  spacelift_current_resources_count_by_drift: "The number of resources by drift",
};

const LEGACY = [
  ...Object.entries(NO_LABELS).map(([name, help]) => ({ name, help, labels: "" })),
  ...Object.entries(WORKER_POOL).map(([name, help]) => ({
    name,
    help,
    labels: "worker_pool_id worker_pool_name",
  })),
  ...Object.entries(PER_STATE).map(([name, help]) => ({ name, help, labels: "space stack state" })),
  {
    name: "spacelift_build_info",
    help: "Contains build information about the exporter",
    labels: "commit denoversion version",
  },
];

Deno.test("the families of the exporter that this one replaces are 19", () => {
  assert.equal(LEGACY.length, 19);
});

for (const { name, help, labels } of LEGACY) {
  Deno.test(`legacy family ${name} is served with its HELP and labels`, async () => {
    const golden = await Deno.readTextFile(new URL("golden/saas.txt", import.meta.url));
    const families = parseExposition(golden.replaceAll(/ \*$/gm, " 0"), "text");
    const family = families.find((family) => family.name === name);
    assert.ok(family !== undefined, `${name} has disappeared`);
    assert.equal(family.help, help);
    assert.equal(family.type, "gauge");
    for (const sample of family.samples) {
      assert.equal(Object.keys(sample.labels).join(" "), labels);
    }
  });
}
