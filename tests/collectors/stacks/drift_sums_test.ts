import assert from "node:assert/strict";
import { type Account, plainStack, type Stack } from "../../../src/demo/api/account.ts";
import { accountOf, DRIFT, ExporterSetup, familyOf, sumByState } from "./stacks_setup.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BY_DRIFT = "spacelift_current_resources_count_by_drift";
const UNCOUNTED = "spacelift_stacks_drift_uncounted";

function driftedStacks(count: number): Stack[] {
  return Array.from({ length: count }, (_, index) => ({
    ...plainStack(`s${index}`),
    isDrifted: true,
    entityCount: 3 + index % 5,
    driftedCount: 1 + index % 3,
  }));
}

function totalsOf({ stacks }: Account): Record<string, number> {
  const sum = (value: (stack: Stack) => number) =>
    stacks.reduce((total, stack) => total + value(stack), 0);
  return {
    DRIFTED: sum(({ driftedCount }) => driftedCount),
    OK: sum(({ entityCount, driftedCount }) => entityCount - driftedCount),
  };
}

/** Scrapes for an hour; the sums have to be the account's, and no series of a stack may vanish. */
async function watchAnHour(setup: ExporterSetup, account: Account): Promise<number[]> {
  const expected = totalsOf(account);
  const left: number[] = [];
  let before = new Set<string>();
  await setup.pass(10 * SECOND);
  for (let time = 0; time < 60 * MINUTE; time += 30 * SECOND) {
    const series = await setup.scrape();
    assert.deepEqual(sumByState(series, BY_DRIFT), expected, `after ${time / SECOND} s`);
    const now = new Set(
      [...familyOf(series, BY_DRIFT).keys()].filter((labels) => !labels.includes('stack=""')),
    );
    const vanished = before.difference(now);
    assert.deepEqual([...vanished], [], `after ${time / SECOND} s`);
    before = now;
    left.push(series.get(UNCOUNTED) ?? NaN);
    await setup.pass(30 * SECOND);
  }
  return left;
}

Deno.test("with more drifted stacks than are counted in a walk, sums are the account's for an hour", async () => {
  const account = accountOf(...driftedStacks(200), ...["a", "b"].map(plainStack));
  await using setup = new ExporterSetup(account, {
    collectors: ["stacks"],
    flags: ["--stacks-drift-limit=10", "--stacks-page-size=100"],
  });
  const left = await watchAnHour(setup, account);
  assert.equal(left[0], 190, "ten are counted in the first walk");
  assert.equal(left.at(-1), 0, "all are counted in the end");
  assert.deepEqual(left, left.toSorted((a, b) => b - a), "a count was lost");
});

Deno.test("sums are the account's for an hour with long pauses between walks", async () => {
  const account = accountOf(...driftedStacks(60));
  await using setup = new ExporterSetup(account, {
    collectors: ["stacks"],
    flags: ["--stacks-drift-limit=20", "--stacks-refresh-interval=5m"],
  });
  const left = await watchAnHour(setup, account);
  assert.deepEqual([left[0], left.at(-1)], [40, 0]);
});

Deno.test("sums are the account's while some stacks can never be counted", async () => {
  const account = accountOf(...driftedStacks(30));
  await using setup = new ExporterSetup(account, {
    collectors: ["stacks"],
    flags: ["--stacks-drift-limit=10"],
  });
  const when = (variables: Record<string, unknown>) => Object.values(variables).includes("s3");
  setup.server.faults.set(DRIFT, { errors: ["boom"] }, { when });
  const left = await watchAnHour(setup, account);
  assert.deepEqual([left[0], left.at(-1)], [21, 1]);
});
