import assert from "node:assert/strict";
import { plainStack } from "../../../src/demo/api/account.ts";
import { put } from "../../api/faults.ts";
import { captureLog } from "../../support/capture_log.ts";
import {
  accountOf,
  DRIFT,
  familyOf,
  type Series,
  STACKS,
  StacksSetup,
  sumByState,
  TOTALS,
} from "./stacks_setup.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BY_STATE = "spacelift_current_stacks_count_by_state";
const BY_DRIFT = "spacelift_current_resources_count_by_drift";

const IN_SYNC = { ...plainStack("a"), entityCount: 7 };
const DRIFTED = { ...plainStack("d"), isDrifted: true, entityCount: 3, driftedCount: 2 };

/** The stacks whose resources are told one by one; undefined when the family is not delivered. */
function countedOf(series: Series): string[] | undefined {
  const keys = [...familyOf(series, BY_DRIFT).keys()];
  const stacks = keys.map((labels) => /stack="(\w*)"/.exec(labels)?.[1] ?? "");
  return keys.length === 0 ? undefined : [...new Set(stacks)];
}

const REST_DRIFTED = '{space="",stack="",state="DRIFTED"}';
const REST_OK = '{space="",stack="",state="OK"}';
const UNCOUNTED = "spacelift_stacks_drift_uncounted";
const OLDEST = "spacelift_stacks_drift_oldest_count_timestamp_seconds";

/** What is served without stack and space. */
function restOf(series: Series): (number | undefined)[] {
  const drift = familyOf(series, BY_DRIFT);
  return [drift.get(REST_DRIFTED), drift.get(REST_OK)];
}

Deno.test("what is not counted is served as the rest of the account, so that sums are true", async () => {
  await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  const series = await setup.walk();
  assert.equal(familyOf(series, BY_STATE).size, 2);
  assert.deepEqual([...familyOf(series, "spacelift_stack_drifted").values()], [0, 1]);
  assert.deepEqual(countedOf(series), ["a", ""]);
  assert.deepEqual(restOf(series), [2, 1]);
  assert.deepEqual(sumByState(series, BY_DRIFT), { DRIFTED: 2, OK: 8 });
  assert.equal(series.get(UNCOUNTED), 1);
  assert.equal(series.get(OLDEST), undefined);
  setup.server.faults.clear();
  const next = await setup.walk();
  assert.deepEqual(countedOf(next), ["a", "d"], "the next walk counts them");
  assert.deepEqual(sumByState(next, BY_DRIFT), { DRIFTED: 2, OK: 8 });
  assert.equal(next.get(UNCOUNTED), 0);
});

Deno.test("with a drift limit of 0 the account's own drift is served", async () => {
  const drifted = Array.from({ length: 3 }, (_, index) => ({ ...DRIFTED, id: `d${index}` }));
  await using setup = new StacksSetup(accountOf(IN_SYNC, ...drifted), { driftLimit: 0 });
  const series = await setup.walk();
  assert.deepEqual(sumByState(series, BY_DRIFT), { DRIFTED: 6, OK: 10 });
  assert.equal(series.get(UNCOUNTED), 3);
});

Deno.test("one stack that cannot be counted is the rest, and the others are served", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED, { ...DRIFTED, id: "bad" }));
  const when = (variables: Record<string, unknown>) => Object.values(variables).includes("bad");
  setup.server.faults.set(DRIFT, { errors: ["boom"] }, { when });
  const series = await setup.walk();
  assert.deepEqual(countedOf(series), ["d", ""]);
  assert.deepEqual(restOf(series), [2, 1]);
});

Deno.test("a stack that the API gives no resources of is in the rest, as is one beyond the limit", async () => {
  await using silent = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
  silent.server.faults.set(DRIFT, { edit: put("data.s0", null) });
  assert.deepEqual(countedOf(await silent.walk()), ["a", ""]);
  await using limited = new StacksSetup(accountOf(IN_SYNC, DRIFTED), { limit: 1 });
  const series = await limited.walk();
  assert.deepEqual(countedOf(series), ["a", ""]);
  assert.deepEqual(sumByState(series, BY_DRIFT), { DRIFTED: 2, OK: 8 });
  assert.equal(series.get(UNCOUNTED), 1);
});

Deno.test("every word of the API's but DRIFTED is OK in the rest", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED), { driftLimit: 0 });
  const points = [
    { value: 5, labels: ["IN_SYNC"] },
    { value: 3, labels: ["DRIFTED"] },
    { value: 1, labels: ["MISSING"] },
    { value: 9, labels: [] },
  ];
  setup.server.faults.set(TOTALS, { edit: put("data.metrics.resourcesCountByDrift", points) });
  assert.deepEqual(restOf(await setup.walk()), [3, 6]);
});

Deno.test("the rest is never negative", async () => {
  await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED), { driftLimit: 0 });
  const points = [{ value: 1, labels: ["DRIFTED"] }, { value: 3, labels: ["OK"] }];
  setup.server.faults.set(TOTALS, { edit: put("data.metrics.resourcesCountByDrift", points) });
  assert.deepEqual(restOf(await setup.walk()), [1, 0]);
});

for (
  const [what, fault] of [
    ["fail", { status: 500 }],
    ["are refused", { errors: ["unauthorized"] }],
    ["are null", { edit: put("data.metrics", null) }],
    ["are not there yet", { edit: put("data.metrics.resourcesCountByDrift", []) }],
  ] as const
) {
  Deno.test(`where the account's totals ${what} there is no rest, and the gauge says so`, async () => {
    await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED), { driftLimit: 0 });
    setup.server.faults.set(TOTALS, fault);
    const series = await setup.walk();
    assert.deepEqual(countedOf(series), ["a"]);
    assert.equal(series.get(UNCOUNTED), 1);
  });
}

for (const chosen of [{ space: ["root"] }, { label: ["x"] }]) {
  Deno.test(`with only some stacks chosen (${Object.keys(chosen)}) the account's totals are not asked for`, async () => {
    const labels = ["x"];
    await using setup = new StacksSetup(
      accountOf({ ...IN_SYNC, labels }, { ...DRIFTED, labels }),
      { ...chosen, driftLimit: 0 },
    );
    const series = await setup.walk();
    assert.deepEqual(countedOf(series), ["a"]);
    assert.equal(series.get(UNCOUNTED), 1);
    assert.equal(setup.server.requests.count(TOTALS), 0);
  });
}

Deno.test("a count outlives failures for five walks, and its time stands still", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED));
  const first = (await setup.walk()).get(OLDEST);
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  for (let walk = 1; walk < 5; walk++) {
    await setup.clock.advance(MINUTE);
    const series = await setup.walk();
    assert.deepEqual(countedOf(series), ["d"], `walk ${walk}`);
    assert.equal(series.get(OLDEST), first, "the age of a count was hidden");
  }
  const series = await setup.walk();
  assert.deepEqual(countedOf(series), [""]);
  assert.equal(series.get(OLDEST), undefined);
});

Deno.test("a count is not served beside another number of resources than it was made of", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED));
  await setup.walk();
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  setup.server.account = accountOf({ ...DRIFTED, entityCount: 1, driftedCount: 1 });
  assert.deepEqual(countedOf(await setup.walk()), [""]);
  assert.equal(await setup.badReplies(STACKS), 0, "A good reply was counted as a bad one");
});

for (const status of [429, 503]) {
  Deno.test(`HTTP ${status} with Retry-After in the middle of counting drift costs neither walk nor counts`, async () => {
    await using setup = new StacksSetup(accountOf(DRIFTED));
    setup.server.faults.set(DRIFT, { status, headers: { "retry-after": "7" } }, { times: 1 });
    const series = await setup.walk();
    assert.deepEqual(countedOf(series), ["d"]);
    assert.equal(setup.clock.monotonic(), 7 * SECOND);
  });

  Deno.test(`an API that asks for a long pause by HTTP ${status} while drift is counted gets it`, async () => {
    await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
    setup.server.faults.set(DRIFT, { status, headers: { "retry-after": "120" } }, { times: 1 });
    const troubles: string[] = [];
    const series = await setup.walk(({ reason }, lost) => troubles.push(`${reason} ${lost}`));
    assert.deepEqual(countedOf(series), ["a", ""], "the walk was lost");
    const [asked] = setup.server.requests.list(TOTALS);
    assert.equal(asked?.at, 120 * SECOND, "asked too early");
    assert.deepEqual(troubles, [`${status === 429 ? "rate_limited" : "unreachable"} 120000`]);
  });
}

Deno.test("HTTP 503 without Retry-After costs the counts and not the walk", async () => {
  await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
  setup.server.faults.set(DRIFT, { status: 503 });
  assert.equal(familyOf(await setup.walk(), BY_STATE).size, 2);
});

Deno.test("trouble with the counting is logged when its reason changes, not on each walk", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED));
  using log = captureLog();
  const warnings = () =>
    log.records.filter((line) => line.includes("Cannot count the drifted resources")).length;
  const logged = [];
  for (const fault of [{ errors: ["boom"] }, { status: 500 }, undefined, { status: 500 }]) {
    setup.server.faults.clear();
    if (fault !== undefined) setup.server.faults.set(DRIFT, fault);
    for (let walks = 0; walks < 3; walks++) await setup.walk();
    logged.push(warnings());
  }
  assert.deepEqual(logged, [1, 2, 2, 3]);
});
