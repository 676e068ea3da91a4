import assert from "node:assert/strict";
import { type Account, plainStack } from "../../../src/demo/api/account.ts";
import { Simulation } from "../../../src/demo/life/simulation.ts";
import {
  accountOf,
  DRIFT,
  ExporterSetup,
  familyOf,
  type Series,
  STACKS,
  StacksSetup,
  sumByState,
} from "./stacks_setup.ts";

const MINUTE = 60_000;
const BY_STATE = "spacelift_current_stacks_count_by_state";
const BY_DRIFT = "spacelift_current_resources_count_by_drift";
const SIZE = { stacks: 60, workerPools: 0, workersPerPool: 0 };

const DRIFTED = { ...plainStack("d"), isDrifted: true, entityCount: 5, driftedCount: 2 };

function simulate(): Account {
  return new Simulation({ ...SIZE, seed: 1, startedAt: 1_800_000_000 }).account;
}

/** Who serves a family: the stacks, or the aggregates with no stack and space; never both. */
function servedBy(series: Series, family: string): "stacks" | "aggregates" {
  const labels = [...familyOf(series, family).keys()];
  const whole = labels.filter((pairs) => pairs.startsWith('{space="",stack=""'));
  assert.ok(labels.length > 0, `Nobody serves ${family}`);
  assert.ok(whole.length === 0 || whole.length === labels.length, `Both serve ${family}`);
  return whole.length === 0 ? "stacks" : "aggregates";
}

function byStacks(series: Series): boolean {
  // Both families have to be looked at in every scrape, so that none is served twice in any.
  const served = [BY_STATE, BY_DRIFT].map((family) => servedBy(series, family));
  return served.every((by) => by === "stacks");
}

Deno.test("until the first walk nobody serves the two families; from then on the stacks do", async () => {
  const account = simulate();
  await using setup = new ExporterSetup(account);
  setup.server.faults.set(STACKS, { delayMs: 1000 }, { times: 1 });
  const before = await setup.scrape();
  assert.equal(familyOf(before, BY_STATE).size, 0);
  assert.equal(familyOf(before, BY_DRIFT).size, 0);
  assert.equal(familyOf(before, "spacelift_current_avg_stack_size_by_resource_count").size, 1);
  await setup.server.requests.arrived(STACKS);
  await setup.clock.advance(1000);
  const after = await setup.scrapeUntil(
    (series) => familyOf(series, BY_STATE).size > 0,
    "the stacks",
  );
  assert.ok(byStacks(after));
  await using totals = new ExporterSetup(account, { collectors: ["aggregates"] });
  const expected = await totals.scrape();
  for (const family of [BY_STATE, BY_DRIFT]) {
    assert.deepEqual(sumByState(after, family), sumByState(expected, family), family);
  }
});

Deno.test("before the first walk the collector has neither succeeded nor failed", async () => {
  await using setup = new ExporterSetup(simulate());
  setup.server.faults.set(STACKS, { hang: true });
  const series = await setup.scrape();
  assert.equal(series.get('spacelift_scrape_collector_success{collector="stacks"}'), undefined);
  assert.equal(series.get('spacelift_scrape_collector_supported{collector="stacks"}'), 1);
});

Deno.test("the collector turned off asks nothing and leaves both families to the aggregates", async () => {
  await using setup = new ExporterSetup(simulate(), { collectors: ["aggregates"] });
  const series = await setup.scrape();
  assert.equal(byStacks(series), false);
  assert.equal(setup.server.requests.count(STACKS), 0);
});

Deno.test("a machine's key is told so once, and the aggregates serve", async () => {
  await using setup = new ExporterSetup(simulate(), { refusedToMachines: ["searchStacks"] });
  const supported = 'spacelift_scrape_collector_supported{collector="stacks"}';
  const series = await setup.scrapeUntil((series) => series.get(supported) === 0, "the refusal");
  assert.equal(servedBy(series, BY_STATE), "aggregates");
  assert.equal(servedBy(series, BY_DRIFT), "aggregates");
  assert.equal(series.get('spacelift_scrape_collector_success{collector="stacks"}'), 1);
  const failures = familyOf(series, "spacelift_scrape_collector_failures_total");
  assert.deepEqual([...failures.values()].filter((count) => count > 0), []);
  setup.server.refusedToMachines = [];
  await setup.pass(66_000);
  await setup.scrapeUntil(byStacks, "the stacks once the key may read them");
});

Deno.test("an older server gives states and names, and the aggregates give the drift", async () => {
  const missingFields = ["Stack.isDrifted", "Stack.entityCount", "Stack.stateSetAt"];
  await using setup = new ExporterSetup(simulate(), { missingFields, flags: ["--stacks-details"] });
  const series = await setup.scrapeUntil(
    (series) => familyOf(series, BY_STATE).size > 0,
    "the states",
  );
  assert.equal(servedBy(series, BY_STATE), "stacks");
  assert.equal(servedBy(series, BY_DRIFT), "aggregates");
  const names = new Set([...series.keys()].map((key) => key.replace(/\{.*/, "")));
  assert.deepEqual([...names].filter((name) => /^spacelift_stack/.test(name)), [
    "spacelift_stack_info",
    "spacelift_stacks_omitted",
  ]);
  assert.equal(setup.server.requests.count(DRIFT), 0);
});

Deno.test("what an older server lacks is asked for again after an hour", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED), { missingFields: ["Stack.isDrifted"] });
  await setup.walk();
  assert.equal(setup.server.requests.count(STACKS), 2, "the usual document, then the older one");
  setup.server.setMissingFields([]);
  await setup.clock.advance(60 * MINUTE - 1);
  await setup.walk();
  assert.equal(setup.server.requests.count(STACKS), 3, "the older document alone");
  await setup.clock.advance(1);
  const series = await setup.walk();
  assert.equal(servedBy(series, BY_DRIFT), "stacks");
});

const FILTERED = accountOf(
  { ...plainStack("a"), space: "one", labels: ["x"] },
  { ...plainStack("b"), space: "two", labels: ["x", "y"] },
  { ...DRIFTED, space: "three" },
);

for (
  const [spaces, labels, expected] of [
    [[], [], ["a", "b", "d"]],
    [["one"], [], ["a"]],
    [["one", "three"], [], ["a", "d"]],
    [[], ["x"], ["a", "b"]],
    [[], ["y", "z"], ["b"]],
    [["two", "three"], ["x"], ["b"]],
    [["nowhere"], [], []],
    [[], ["X"], []],
  ] as const
) {
  const wanted = `spaces [${spaces}] and labels [${labels}]`;
  Deno.test(`of ${wanted} only the stacks [${expected}] are served`, async () => {
    await using setup = new StacksSetup(FILTERED, { space: spaces, label: labels });
    const states = [...familyOf(await setup.walk(), BY_STATE).keys()].join();
    assert.deepEqual([...states.matchAll(/stack="(\w)"/g)].map(([, id]) => id), expected);
    assert.equal(
      setup.server.requests.count(DRIFT),
      expected.some((id) => id === "d") ? 1 : 0,
      "the drift of stacks that are not wanted was asked for",
    );
  });
}

Deno.test("a drifted stack whose resources were not counted has no drift series of its own", async () => {
  const other = { ...DRIFTED, id: "e" };
  await using setup = new StacksSetup(accountOf(plainStack("a"), DRIFTED, other), {
    driftLimit: 1,
  });
  const series = await setup.walk();
  assert.deepEqual([...familyOf(series, BY_DRIFT)], [
    ['{space="root",stack="a",state="DRIFTED"}', 0],
    ['{space="root",stack="a",state="OK"}', 0],
    ['{space="root",stack="d",state="DRIFTED"}', 2],
    ['{space="root",stack="d",state="OK"}', 3],
    ['{space="",stack="",state="DRIFTED"}', 2],
    ['{space="",stack="",state="OK"}', 3],
  ]);
  assert.deepEqual([...familyOf(series, "spacelift_stack_drifted").values()], [0, 1, 1]);
});
