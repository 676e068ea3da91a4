import assert from "node:assert/strict";
import { type Account, plainStack } from "../../../src/demo/api/account.ts";
import { accountOf, DRIFT, ExporterSetup, familyOf, type Series, STACKS } from "./stacks_setup.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BY_STATE = "spacelift_current_stacks_count_by_state";
const BY_DRIFT = "spacelift_current_resources_count_by_drift";
const STACK_STATE = "spacelift_stack_state";
const STACK_DRIFT = "spacelift_stack_resources_by_drift";
const AGGREGATES = "PrometheusExporter_Aggregates";

type Shape = "absent" | "totals" | "stacks";

function account(): Account {
  return accountOf(
    plainStack("a"),
    { ...plainStack("b"), state: "FAILED" },
    { ...plainStack("d"), isDrifted: true, entityCount: 5, driftedCount: 2 },
  );
}

function shapeOf(series: Series, family: string): Shape {
  const labels = [...familyOf(series, family).keys()];
  if (labels.length === 0) return "absent";
  return labels.some((pairs) => !pairs.includes('stack=""')) ? "stacks" : "totals";
}

/** What happens to an exporter while it is watched, as minutes from its start. */
const STORIES: Readonly<Record<string, (setup: ExporterSetup, minute: number) => void>> = {
  "a quiet start": () => {},
  "a start in an outage": ({ server: { faults } }, minute) => {
    if (minute === 0) faults.set("*", { status: 503 });
    if (minute === 5) faults.clear();
  },
  "walks that fail for longer than they are served": ({ server: { faults } }, minute) => {
    if (minute === 5) faults.set(STACKS, { status: 502 });
    if (minute === 18) faults.clear();
  },
  "drift that cannot be counted": ({ server: { faults } }, minute) => {
    if (minute === 5) faults.set(DRIFT, { errors: ["boom"] });
    if (minute === 18) faults.clear();
  },
  "rights that are revoked and given back": ({ server }, minute) => {
    if (minute === 5) server.refusedToMachines = ["searchStacks"];
    if (minute === 18) server.refusedToMachines = [];
  },
  "a token that is not accepted for some time": ({ server: { faults } }, minute) => {
    if (minute === 0) faults.set("*", { status: 401 });
    if (minute === 3) faults.clear();
  },
  "an API that knows no session at first": ({ server: { faults } }, minute) => {
    if (minute === 0) faults.set(STACKS, { errors: ["internal error"] });
    if (minute === 3) faults.clear();
  },
};

for (const [story, happens] of Object.entries(STORIES)) {
  for (const totals of [false, true]) {
    const setting = totals ? "--stacks-totals" : "the default";
    Deno.test(`no family changes its shape with ${setting}: ${story}`, async () => {
      const flags = [`--stacks-totals=${totals}`];
      await using setup = new ExporterSetup(account(), { flags });
      const seen = new Map<string, Set<Shape>>();
      const families = [BY_STATE, BY_DRIFT, STACK_STATE, STACK_DRIFT];
      for (let minute = 0; minute < 24; minute++) {
        happens(setup, minute);
        for (const seconds of [20, 40]) {
          const series = await setup.scrape();
          for (const family of families) {
            const shapes = seen.get(family) ?? new Set();
            seen.set(family, shapes.add(shapeOf(series, family)));
          }
          await setup.pass(seconds * SECOND);
        }
      }
      const shapes = families.map((family) => [...seen.get(family) ?? []].sort().at(-1));
      const wanted = totals
        ? ["totals", "totals", "stacks", "stacks"]
        : ["stacks", "stacks", "absent", "absent"];
      assert.deepEqual(shapes, wanted);
      for (const [family, shapes] of seen) {
        assert.ok(!(shapes.has("totals") && shapes.has("stacks")), `${family} was both`);
      }
    });
  }
}

Deno.test("with --stacks-totals both ways to count are there, and agree", async () => {
  await using setup = new ExporterSetup(account(), { flags: ["--stacks-totals"] });
  await setup.pass(SECOND);
  const series = await setup.scrape();
  assert.deepEqual([...familyOf(series, BY_STATE)], [
    ['{space="",stack="",state="FAILED"}', 1],
    ['{space="",stack="",state="FINISHED"}', 2],
  ]);
  assert.deepEqual([...familyOf(series, STACK_STATE)], [
    ['{space="root",stack="a",state="FINISHED"}', 1],
    ['{space="root",stack="b",state="FAILED"}', 1],
    ['{space="root",stack="d",state="FINISHED"}', 1],
  ]);
  assert.deepEqual([...familyOf(series, STACK_DRIFT)].slice(-2), [
    ['{space="root",stack="d",state="DRIFTED"}', 2],
    ['{space="root",stack="d",state="OK"}', 3],
  ]);
});

Deno.test("with --stacks-totals the totals' own words pass through", async () => {
  const points = [{ value: 5, labels: ["IN_SYNC"] }, { value: 2, labels: ["DRIFTED"] }];
  const metrics = { resourcesCountByDrift: points };
  await using setup = new ExporterSetup({ ...account(), metrics }, { flags: ["--stacks-totals"] });
  const series = await setup.scrape();
  const states = [...familyOf(series, BY_DRIFT).keys()].map((pairs) =>
    /state="(\w+)"/.exec(pairs)?.[1]
  );
  assert.deepEqual(states, ["IN_SYNC", "DRIFTED"]);
});

Deno.test("a key that may read totals but no stacks has totals, once others are answered", async () => {
  await using setup = new ExporterSetup(account());
  setup.server.faults.set(STACKS, { errors: ["unauthorized"] });
  const first = await setup.scrape();
  assert.equal(shapeOf(first, BY_STATE), "absent");
  for (let scrapes = 0; scrapes < 4; scrapes++) {
    await setup.pass(15 * SECOND);
    await setup.scrape();
  }
  assert.equal(shapeOf(await setup.scrape(), BY_STATE), "totals");
  assert.equal(shapeOf(await setup.scrape(), BY_DRIFT), "totals");
  setup.server.faults.set(AGGREGATES, { status: 500 });
  await setup.pass(5 * MINUTE);
  assert.equal(shapeOf(await setup.scrape(), BY_STATE), "absent");
  setup.server.faults.clear(AGGREGATES);
  assert.equal(shapeOf(await setup.scrape(), BY_STATE), "totals");
  setup.server.faults.clear();
  await setup.pass(6 * MINUTE);
  assert.equal(shapeOf(await setup.scrape(), BY_STATE), "stacks");
});

Deno.test("a key that is rejected for everything is no refusal of the stacks", async () => {
  await using setup = new ExporterSetup(account());
  setup.server.faults.set("*", { errors: ["unauthorized"] });
  await setup.pass(2 * MINUTE);
  setup.server.faults.clear();
  setup.server.faults.set(STACKS, { status: 503 });
  await setup.pass(MINUTE);
  assert.equal(shapeOf(await setup.scrape(), BY_STATE), "absent");
});
