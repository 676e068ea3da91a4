import assert from "node:assert/strict";
import fc from "fast-check";
import { type Account, emptyAccount, plainStack } from "../../../src/demo/api/account.ts";
import { deriveMetrics } from "../../../src/demo/api/derive_metrics.ts";

const stacks = fc.array(
  fc.record({
    state: fc.constantFrom("FAILED", "FINISHED", "NONE"),
    entityCount: fc.nat(50),
    driftedCount: fc.nat(50),
  }).map((fields) => ({ ...plainStack("any"), ...fields })),
);

Deno.test("metrics agree with the stacks they are derived from", () => {
  fc.assert(fc.property(stacks, (stacks) => {
    const metrics = deriveMetrics({ ...emptyAccount(), stacks });
    for (const { labels: [state], value } of metrics?.stacksCountByState ?? []) {
      assert.equal(value, stacks.filter((stack) => stack.state === state).length, state);
    }
    assert.equal(sum(metrics?.stacksCountByState), stacks.length);
    const entities = stacks.reduce((total, stack) => total + stack.entityCount, 0);
    assert.equal(sum(metrics?.resourcesCountByDrift), entities);
  }));
});

function sum(points: { value: number }[] | undefined): number | undefined {
  return points?.reduce((total, { value }) => total + value, 0);
}

Deno.test("metrics of an account with stacks and runs have the API's shape and units", () => {
  const account: Account = {
    ...emptyAccount(),
    stacks: [
      { ...plainStack("a"), entityCount: 10, driftedCount: 3 },
      { ...plainStack("b"), entityCount: 5, state: "FAILED" },
    ],
    runDurations: [10, 60, 20, 30],
  };
  assert.deepEqual(deriveMetrics(account), {
    stacksCountByState: [
      { value: 1, labels: ["FAILED"] },
      { value: 1, labels: ["FINISHED"] },
    ],
    resourcesCountByDrift: [{ value: 3, labels: ["DRIFTED"] }, { value: 12, labels: ["OK"] }],
    avgStackSizeByResourceCount: [{ value: 7.5, labels: [] }],
    averageRunDuration: [{ value: 30_000_000_000, labels: [] }],
    medianRunDuration: [{ value: 25_000_000_000, labels: [] }],
  });
});

Deno.test("metrics of an empty account are empty lists", () => {
  assert.deepEqual(deriveMetrics(emptyAccount()), {
    stacksCountByState: [],
    resourcesCountByDrift: [],
    avgStackSizeByResourceCount: [],
    averageRunDuration: [],
    medianRunDuration: [],
  });
});

Deno.test("an account's own figures replace derived ones, and null replaces all", () => {
  const own = [{ value: 7, labels: ["ODD"] }];
  const replaced = deriveMetrics({ ...emptyAccount(), metrics: { stacksCountByState: own } });
  assert.deepEqual(replaced?.stacksCountByState, own);
  assert.deepEqual(replaced?.resourcesCountByDrift, []);
  assert.equal(deriveMetrics({ ...emptyAccount(), metrics: null }), null);
});
