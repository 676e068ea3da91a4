import assert from "node:assert/strict";
import fc from "fast-check";
import { type Account, plainStack, type Stack } from "../../../src/demo/api/account.ts";
import { put } from "../../api/faults.ts";
import { cutLabelValue } from "../../../src/metrics/family.ts";
import { accountOf, familyOf, type Series, STACKS, StacksSetup } from "./stacks_setup.ts";

const BY_STATE = "spacelift_current_stacks_count_by_state";
const BY_DRIFT = "spacelift_current_resources_count_by_drift";
const INFO = "spacelift_stack_info";
const STATE_TIMESTAMP = "spacelift_stack_state_timestamp_seconds";
const ROCKET = "\u{1f680}";

async function walkOver(account: Account): Promise<Series> {
  await using setup = new StacksSetup(account, { details: true });
  return await setup.walk();
}

Deno.test("a stack in a space that the key may not read has an empty name of its space", async () => {
  const series = await walkOver(accountOf({ ...plainStack("a"), space: "hidden" }));
  assert.deepEqual([...familyOf(series, INFO).keys()], [
    '{space="hidden",space_name="",stack="a",stack_name="a"}',
  ]);
});

Deno.test("a state that nobody knows yet is served as the API spells it", async () => {
  const series = await walkOver(accountOf({ ...plainStack("a"), state: "SUSPENDED_2" }));
  assert.deepEqual([...familyOf(series, BY_STATE).keys()], [
    '{space="root",stack="a",state="SUSPENDED_2"}',
  ]);
});

Deno.test("names are served as far as they can be seen, the longest cut between two characters", async () => {
  const names = {
    quotes: 'say "hi" \\ "bye"',
    newlines: "one\ntwo\r\n\ttree",
    emoji: `${ROCKET}\u00e9\u0301`,
    long: ROCKET.repeat(10_000),
  };
  const stacks = Object.entries(names).map(([id, name]) => ({ ...plainStack(id), name }));
  const keys = [...familyOf(await walkOver(accountOf(...stacks)), INFO).keys()];
  for (const [id, name] of Object.entries(names)) {
    const visible = name.replaceAll(/[\r\n\t]/g, "\ufffd");
    const shown = JSON.stringify(id === "long" ? ROCKET.repeat(1024) : visible);
    const expected = `{space="root",space_name="root",stack="${id}",stack_name=${shown}}`;
    assert.ok(keys.includes(expected), `No series for the stack with ${id} in its name`);
  }
});

Deno.test("two stacks with one name are two stacks", async () => {
  const twins = ["a", "b"].map((id) => ({ ...plainStack(id), name: "twin" }));
  assert.equal(familyOf(await walkOver(accountOf(...twins)), INFO).size, 2);
});

Deno.test("two ids that are the same once cut are one stack, not a series twice", async () => {
  const twins = ["a", "b"].map((end) => plainStack("x".repeat(1024) + end));
  assert.equal(familyOf(await walkOver(accountOf(...twins)), BY_STATE).size, 1);
});

Deno.test("two ids that differ only in halves of characters are one stack", async () => {
  const twins = ["\ud800", "\udc00"].map((half) => plainStack(`x${half}`));
  assert.equal(familyOf(await walkOver(accountOf(...twins)), BY_STATE).size, 1);
});

Deno.test("a stack without a time of its state has no time, and all else", async () => {
  const series = await walkOver(accountOf({ ...plainStack("a"), stateSetAt: null }));
  assert.equal(familyOf(series, STATE_TIMESTAMP).size, 0);
  assert.equal(familyOf(series, BY_STATE).size, 1);
});

Deno.test("what the API does not know of a stack is left out, never 0", async () => {
  const nullable = ["isDrifted", "entityCount", "blocked", "isDisabled", "needsApproval"];
  await using setup = new StacksSetup(accountOf(plainStack("a")), { details: true });
  for (const field of nullable) {
    const edit = put(`data.searchStacks.edges.0.node.${field}`, null);
    setup.server.faults.set(STACKS, { edit }, { times: 1 });
  }
  const families = [
    [BY_DRIFT, "spacelift_stack_drifted"],
    [BY_DRIFT, "spacelift_stack_resources"],
    ["spacelift_stack_blocked"],
    ["spacelift_stack_disabled"],
    ["spacelift_stack_needs_approval"],
  ];
  for (const [index, absent] of families.entries()) {
    const series = await setup.walk();
    for (const family of absent) {
      const own = [...familyOf(series, family).keys()].filter((key) => key.includes('stack="a"'));
      assert.deepEqual(own, [], `${family} without ${nullable[index]}`);
    }
    assert.equal(familyOf(series, BY_STATE).size, 1, `${BY_STATE} without ${nullable[index]}`);
  }
});

Deno.test("a stack without a name or a space has empty ones", async () => {
  await using setup = new StacksSetup(accountOf(plainStack("a")));
  const node = "data.searchStacks.edges.0.node";
  setup.server.faults.set(STACKS, {
    edit: (reply) =>
      ["name", "space", "spaceDetails"].reduce(
        (reply, field) => put(`${node}.${field}`, null)(reply),
        reply,
      ),
  });
  assert.deepEqual([...familyOf(await setup.walk(), INFO).keys()], [
    '{space="",space_name="",stack="a",stack_name=""}',
  ]);
});

for (
  const [what, entityCount, driftedCount, ok] of [
    ["negative", -3, 0, 0],
    ["below the drifted count", 1, 4, 0],
  ] as const
) {
  Deno.test(`a count of resources that is ${what} is clamped and counted once a walk`, async () => {
    const wrong = { ...plainStack("a"), isDrifted: driftedCount > 0, entityCount, driftedCount };
    const account = accountOf(wrong, { ...wrong, id: "b" });
    await using setup = new StacksSetup(account, { details: true });
    const series = await setup.walk();
    assert.deepEqual([...familyOf(series, BY_DRIFT).values()], [
      driftedCount,
      ok,
      driftedCount,
      ok,
    ]);
    for (const value of familyOf(series, "spacelift_stack_resources").values()) {
      assert.ok(value >= 0, `${value} resources`);
    }
    assert.equal(await setup.badReplies(STACKS), 1);
  });
}

/** Walks page by page, one stack a page, and changes the account behind the first page. */
async function walkWhile(account: Account, change: (stacks: Stack[]) => void): Promise<Series> {
  await using setup = new StacksSetup(account, { pageSize: 2 });
  setup.server.account = () => {
    if (setup.server.requests.count(STACKS) === 2) change(account.stacks);
    return account;
  };
  const series = await setup.walk();
  assert.ok(setup.server.requests.count(STACKS) >= 2, "the account fits into one page");
  return series;
}

function stacksOf(series: Series): string {
  const keys = [...familyOf(series, INFO).keys()];
  return keys.map((key) => /space="(\w*)".*stack="(\w*)".*stack_name="(\w*)"/.exec(key))
    .map((match) => match?.slice(1).join("/")).sort().join(" ");
}

Deno.test("a stack that disappears between two pages stays until the next walk", async () => {
  const series = await walkWhile(accountOf(...["a", "b", "c", "d"].map(plainStack)), (stacks) => {
    stacks.splice(0, 1);
  });
  // The stacks behind it move up by one, so that one of them falls between the pages.
  assert.equal(stacksOf(series), "root/a/a root/b/b root/d/d");
});

Deno.test("a stack that comes between two pages makes another one show twice: it is kept once", async () => {
  const series = await walkWhile(accountOf(...["a", "b", "c", "d"].map(plainStack)), (stacks) => {
    if (stacks.length === 4) stacks.unshift(plainStack("new"));
  });
  assert.equal(stacksOf(series), "root/a/a root/b/b root/c/c root/d/d");
});

Deno.test("a stack that is renamed and moved while it shows twice is served as it is now", async () => {
  const series = await walkWhile(accountOf(...["a", "b", "c"].map(plainStack)), (stacks) => {
    if (stacks.length > 3) return;
    stacks.unshift(plainStack("new"));
    const moved = stacks.find(({ id }) => id === "b");
    if (moved !== undefined) Object.assign(moved, { name: "renamed", space: "elsewhere" });
  });
  assert.equal(stacksOf(series), "elsewhere/b/renamed root/a/a root/c/c");
});

const tricky = fc.string({
  unit: fc.constantFrom("a", "\\", '"', "\n", ROCKET, "\ud800", "\udc00"),
});
const stack: fc.Arbitrary<Stack> = fc.record({
  id: tricky,
  name: fc.oneof(tricky, fc.string({ unit: "binary" })),
  space: fc.constantFrom("", "root", 'o"dd'),
  labels: fc.array(tricky, { maxLength: 2 }),
  state: fc.constantFrom("FINISHED", "FAILED", "\n"),
  stateSetAt: fc.option(fc.nat()),
  lastApplyAt: fc.option(fc.nat()),
  blocked: fc.boolean(),
  isDisabled: fc.boolean(),
  lockedAt: fc.option(fc.nat()),
  needsApproval: fc.boolean(),
  isDrifted: fc.boolean(),
  entityCount: fc.integer({ min: -5, max: 20 }),
  driftedCount: fc.nat(10),
});

Deno.test("whatever the stacks, no series is there twice and each stack has one state", async () => {
  await using setup = new StacksSetup(accountOf(), { details: true, pageSize: 100 });
  await fc.assert(
    fc.asyncProperty(fc.array(stack, { maxLength: 30 }), async (stacks) => {
      setup.server.account = accountOf(...stacks);
      // Reading the exposition back throws at a series that is there twice.
      const series = await setup.walk();
      const ids = new Set(stacks.map(({ id }) => cutLabelValue(id)));
      assert.equal(familyOf(series, BY_STATE).size, ids.size);
      assert.equal(familyOf(series, INFO).size, ids.size);
    }),
    { numRuns: 50 },
  );
});
