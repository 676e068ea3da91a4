import assert from "node:assert/strict";
import { plainStack } from "../../../src/demo/api/account.ts";
import { put } from "../../api/faults.ts";
import { ApiError } from "../../../src/spacelift/api_error.ts";
import { captureLog } from "../../support/capture_log.ts";
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

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The longest pause between two walks that succeed at once: the interval and its jitter. */
const NEXT_WALK = 66 * SECOND;
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

Deno.test("without its drifted resources a walk is served, but none of its resources", async () => {
  await using setup = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  const series = await setup.walk();
  assert.equal(familyOf(series, BY_STATE).size, 2);
  assert.deepEqual([...familyOf(series, "spacelift_stack_drifted").values()], [0, 1]);
  assert.equal(countedOf(series), undefined, "The sum of these resources is wrong");
  setup.server.faults.clear();
  assert.deepEqual(countedOf(await setup.walk()), ["a", "d"], "the next walk counts them");
});

Deno.test("resources that cannot be counted are told by the aggregates, so that sums are true", async () => {
  await using setup = new ExporterSetup(accountOf(IN_SYNC, DRIFTED));
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  const walked = (series: Series) => familyOf(series, "spacelift_stack_info").size === 2;
  const series = await setup.scrapeUntil(walked, "the first walk");
  assert.deepEqual(countedOf(series), [""]);
  assert.deepEqual(sumByState(series, BY_DRIFT), { DRIFTED: 2, OK: 8 });
  setup.server.faults.clear();
  await setup.pass(NEXT_WALK);
  const next = await setup.scrapeUntil((series) => countedOf(series)?.length === 2, "the counts");
  assert.deepEqual(sumByState(next, BY_DRIFT), { DRIFTED: 2, OK: 8 });
});

Deno.test("one stack that cannot be counted keeps the resources of all from being told", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED, { ...DRIFTED, id: "bad" }));
  const when = (variables: Record<string, unknown>) => Object.values(variables).includes("bad");
  setup.server.faults.set(DRIFT, { errors: ["boom"] }, { when });
  assert.equal(countedOf(await setup.walk()), undefined);
});

Deno.test("a stack that the API gives no resources of is left out, as is one beyond the limit", async () => {
  await using silent = new StacksSetup(accountOf(IN_SYNC, DRIFTED));
  silent.server.faults.set(DRIFT, { edit: put("data.s0", null) });
  assert.deepEqual(countedOf(await silent.walk()), ["a"]);
  await using limited = new StacksSetup(accountOf(IN_SYNC, DRIFTED), { driftLimit: 0 });
  assert.deepEqual(countedOf(await limited.walk()), ["a"]);
});

Deno.test("a count outlives failures for half of the time that a walk is served", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED), { maxStaleness: 10 * MINUTE });
  await setup.walk();
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  await setup.clock.advance(5 * MINUTE - 1);
  assert.deepEqual(countedOf(await setup.walk()), ["d"], "just before five minutes");
  await setup.clock.advance(1);
  assert.equal(countedOf(await setup.walk()), undefined, "at five minutes");
});

Deno.test("a count is not served beside another number of resources than it was made of", async () => {
  await using setup = new StacksSetup(accountOf(DRIFTED));
  await setup.walk();
  setup.server.faults.set(DRIFT, { errors: ["boom"] });
  setup.server.account = accountOf({ ...DRIFTED, entityCount: 1, driftedCount: 1 });
  assert.equal(countedOf(await setup.walk()), undefined);
  assert.equal(await setup.badReplies(STACKS), 0, "A good reply was counted as a bad one");
});

for (const [status, reason] of [[429, "rate_limited"], [503, "unreachable"]] as const) {
  Deno.test(`HTTP ${status} with Retry-After in the middle of counting drift fails the walk`, async () => {
    await using setup = new StacksSetup(accountOf(DRIFTED));
    setup.server.faults.set(DRIFT, { status, headers: { "retry-after": "7" } });
    await assert.rejects(setup.walk(), (error) => {
      assert.ok(error instanceof ApiError, String(error));
      assert.deepEqual([error.reason, error.retryAfter], [reason, 7 * SECOND]);
      return true;
    });
  });

  Deno.test(`an API that asks for a pause by HTTP ${status} while drift is counted gets it`, async () => {
    await using setup = new ExporterSetup(accountOf(DRIFTED));
    const { requests, faults } = setup.server;
    faults.set(DRIFT, { status, headers: { "retry-after": "120" } }, { times: 1 });
    const success = 'spacelift_scrape_collector_success{collector="stacks"}';
    await setup.scrapeUntil((series) => series.get(success) === 0, "the refusal");
    await setup.clock.advance(119 * SECOND);
    assert.equal(requests.count(STACKS), 1, "asked too early");
    await setup.clock.advance(SECOND);
    await setup.scrapeUntil((series) => series.get(success) === 1, "the walk after the pause");
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
