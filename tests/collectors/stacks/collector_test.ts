import assert from "node:assert/strict";
import { STACKS_PER_REQUEST } from "../../../src/collectors/stacks/drift.ts";
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

const BY_STATE = "spacelift_current_stacks_count_by_state";
const BY_DRIFT = "spacelift_current_resources_count_by_drift";

// What a walk costs the account is part of the promise: a dearer document shall show in review.
const DOCUMENTS = {
  usual:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{name},state,stateSetAt,isDrifted,entityCount}},pageInfo{endCursor,hasNextPage}}}",
  labels:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{name},state,labels,stateSetAt,isDrifted,entityCount}},pageInfo{endCursor,hasNextPage}}}",
  details:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{name},state,stateSetAt,isDrifted,entityCount,lockedAt,blocked,isDisabled,needsApproval,lastApplyAt}},pageInfo{endCursor,hasNextPage}}}",
  older:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{name},state}},pageInfo{endCursor,hasNextPage}}}",
  olderLabels:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{name},state,labels}},pageInfo{endCursor,hasNextPage}}}",
  drift: "query PrometheusExporter_StackDrift($s0:ID!){s0:stack(id:$s0){entities{drifted}}}",
  totals: "query PrometheusExporter_DriftTotals{metrics{resourcesCountByDrift{value,labels}}}",
};

const ONE_DRIFTED = { ...plainStack("a"), isDrifted: true, entityCount: 3, driftedCount: 2 };

/** The documents of a walk in the order they were sent, the exchange of the key apart. */
async function documentsOf(setup: StacksSetup): Promise<string[]> {
  await setup.walk();
  return setup.server.requests.list().slice(1).map(({ document }) => document);
}

Deno.test("the documents are these, byte for byte", async () => {
  await using usual = new StacksSetup(accountOf(ONE_DRIFTED));
  assert.deepEqual(await documentsOf(usual), [DOCUMENTS.usual, DOCUMENTS.drift]);
  await using uncounted = new StacksSetup(accountOf(ONE_DRIFTED), { driftLimit: 0 });
  assert.deepEqual(await documentsOf(uncounted), [DOCUMENTS.usual, DOCUMENTS.totals]);
  await using labels = new StacksSetup(accountOf(), { label: ["x"] });
  assert.deepEqual(await documentsOf(labels), [DOCUMENTS.labels]);
  await using details = new StacksSetup(accountOf(), { details: true });
  assert.deepEqual(await documentsOf(details), [DOCUMENTS.details]);
});

Deno.test("the documents for an older server are these, byte for byte", async () => {
  const missingFields = ["Stack.isDrifted"];
  await using older = new StacksSetup(accountOf(), { missingFields, details: true });
  assert.deepEqual(await documentsOf(older), [
    DOCUMENTS.details,
    DOCUMENTS.usual,
    DOCUMENTS.older,
  ]);
  await using labels = new StacksSetup(accountOf(), { missingFields, label: ["x"] });
  assert.deepEqual(await documentsOf(labels), [DOCUMENTS.labels, DOCUMENTS.olderLabels]);
});

Deno.test("pages are asked for by size and cursor, each under its operation's name", async () => {
  await using setup = new StacksSetup(accountOf(...["a", "b", "c"].map(plainStack)), {
    pageSize: 2,
  });
  await setup.walk();
  const requests = setup.server.requests.list(STACKS);
  assert.deepEqual(requests.map(({ operationName, variables }) => ({ operationName, variables })), [
    { operationName: STACKS, variables: { first: 2, after: null } },
    { operationName: STACKS, variables: { first: 2, after: btoa("position:2") } },
  ]);
});

for (
  const [stacks, drifted] of [[0, 0], [1, 0], [50, 1], [51, 10], [300, 11], [120, 120]] as const
) {
  Deno.test(`${stacks} stacks, of which ${drifted} drifted, cost no request too many`, async () => {
    const account = accountOf(
      ...Array.from({ length: stacks }, (_, index) => ({
        ...plainStack(`stack-${index}`),
        isDrifted: index < drifted,
        entityCount: 3,
        driftedCount: index < drifted ? 1 : 0,
      })),
    );
    await using setup = new StacksSetup(account);
    for (let walks = 1; walks <= 2; walks++) {
      await setup.walk();
      const { requests } = setup.server;
      assert.equal(requests.count(STACKS), walks * Math.max(Math.ceil(stacks / 50), 1), "pages");
      assert.equal(requests.count(DRIFT), walks * Math.ceil(drifted / STACKS_PER_REQUEST), "drift");
      assert.equal(requests.count(), 1 + requests.count(STACKS) + requests.count(DRIFT), "in all");
    }
  });
}

Deno.test("scrapes cost no request for stacks, however many there are", async () => {
  await using setup = new ExporterSetup(accountOf(ONE_DRIFTED), {
    collectors: ["stacks"],
  });
  await setup.scrapeUntil((series) => series.size > 20, "the stacks");
  const { requests } = setup.server;
  const before = requests.count();
  await Promise.all(Array.from({ length: 50 }, () => setup.scrape()));
  assert.equal(requests.count(), before);
});

Deno.test("300 simulated stacks are served one by one as they are", async () => {
  const account = simulate(300);
  await using setup = new StacksSetup(account, { details: true });
  const series = await setup.walk();
  for (const [family, expected] of Object.entries(expectedOf(account))) {
    assert.ok(expected.size > 100, `Only ${expected.size} series of ${family} to compare`);
    assert.deepEqual(familyOf(series, family), expected, family);
  }
  assert.equal(series.get("spacelift_stacks_omitted"), 0);
});

Deno.test("the sums over 300 simulated stacks are the account's own figures", async () => {
  const account = simulate(300);
  await using setup = new StacksSetup(account);
  const series = await setup.walk();
  await using aggregates = new ExporterSetup(account, { collectors: ["aggregates"] });
  const totals = await aggregates.scrape();
  assert.deepEqual(sumByState(series, BY_STATE), sumByState(totals, BY_STATE));
  assert.deepEqual(sumByState(series, BY_DRIFT), sumByState(totals, BY_DRIFT));
  assert.equal(familyOf(series, BY_STATE).size, 300);
});

Deno.test("two stacks look as the specification shows them", async () => {
  const account: Account = {
    ...accountOf(
      {
        ...plainStack("infrastructure-prod"),
        isDrifted: true,
        entityCount: 47,
        driftedCount: 2,
      },
      { ...plainStack("application-api"), space: "engineering", entityCount: 7 },
    ),
    spaces: [
      { id: "root", name: "root", parentSpace: null },
      { id: "engineering", name: "Engineering", parentSpace: "root" },
    ],
  };
  await using setup = new StacksSetup(account);
  const series = await setup.walk();
  const prod = `space="root",stack="infrastructure-prod"`;
  const api = `space="engineering",stack="application-api"`;
  const expected: Series = new Map([
    [`${BY_DRIFT}{${prod},state="DRIFTED"}`, 2],
    [`${BY_DRIFT}{${prod},state="OK"}`, 45],
    [`${BY_DRIFT}{${api},state="DRIFTED"}`, 0],
    [`${BY_DRIFT}{${api},state="OK"}`, 7],
    [`${BY_STATE}{${prod},state="FINISHED"}`, 1],
    [`${BY_STATE}{${api},state="FINISHED"}`, 1],
    [`spacelift_stack_drifted{${prod}}`, 1],
    [`spacelift_stack_drifted{${api}}`, 0],
    [
      `spacelift_stack_info{space="root",space_name="root",stack="infrastructure-prod",stack_name="infrastructure-prod"}`,
      1,
    ],
    [
      `spacelift_stack_info{space="engineering",space_name="Engineering",stack="application-api",stack_name="application-api"}`,
      1,
    ],
    [`spacelift_stack_state_timestamp_seconds{${prod}}`, 1_700_000_000],
    [`spacelift_stack_state_timestamp_seconds{${api}}`, 1_700_000_000],
    ["spacelift_stacks_omitted", 0],
    ["spacelift_stacks_drift_uncounted", 0],
    ["spacelift_stacks_drift_oldest_count_timestamp_seconds", 1_800_000_000],
  ]);
  assert.deepEqual(series, expected);
});

Deno.test("stacks beyond the limit are counted as far as they were seen, and not asked for", async () => {
  const account = accountOf(...Array.from({ length: 120 }, (_, index) => plainStack(`s${index}`)));
  await using setup = new StacksSetup(account, { limit: 60 });
  const series = await setup.walk();
  assert.equal(familyOf(series, BY_STATE).size, 60);
  assert.equal(setup.server.requests.count(STACKS), 2);
  // 40 of the second page, and one at least on the third.
  assert.equal(series.get("spacelift_stacks_omitted"), 41);
});

function simulate(stacks: number): Account {
  const size = { stacks, workerPools: 4, workersPerPool: 5 };
  return new Simulation({ ...size, seed: 1, startedAt: 1_800_000_000 }).account;
}

function expectedOf({ stacks, spaces }: Account): Record<string, Map<string, number>> {
  const names = new Map(spaces.map(({ id, name }) => [id, name]));
  const info = stacks.map(({ id, name, space }) =>
    [
      `{space="${space}",space_name="${names.get(space)}",stack="${id}",stack_name="${name}"}`,
      1,
    ] as const
  );
  const each = (value: (stack: Account["stacks"][number]) => number | null) =>
    new Map(stacks.flatMap((stack) => {
      const number = value(stack);
      return number === null ? [] : [[`{space="${stack.space}",stack="${stack.id}"}`, number]];
    }));
  return {
    [BY_STATE]: new Map(
      stacks.map(({ space, id, state }) => [
        `{space="${space}",stack="${id}",state="${state}"}`,
        1,
      ]),
    ),
    [BY_DRIFT]: new Map(stacks.flatMap(({ space, id, entityCount, driftedCount }) => [
      [`{space="${space}",stack="${id}",state="DRIFTED"}`, driftedCount],
      [`{space="${space}",stack="${id}",state="OK"}`, entityCount - driftedCount],
    ])),
    spacelift_stack_info: new Map(info),
    spacelift_stack_drifted: each(({ isDrifted }) => Number(isDrifted)),
    spacelift_stack_state_timestamp_seconds: each(({ stateSetAt }) => stateSetAt),
    spacelift_stack_locked: each(({ lockedAt }) => Number(lockedAt !== null)),
    spacelift_stack_blocked: each(({ blocked }) => Number(blocked)),
    spacelift_stack_disabled: each(({ isDisabled }) => Number(isDisabled)),
    spacelift_stack_needs_approval: each(({ needsApproval }) => Number(needsApproval)),
    spacelift_stack_last_apply_timestamp_seconds: each(({ lastApplyAt }) => lastApplyAt),
    spacelift_stack_resources: each(({ entityCount }) => entityCount),
  };
}
