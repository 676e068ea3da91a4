import assert from "node:assert/strict";
import { plainStack } from "../../../src/demo/api/account.ts";
import { put } from "../../api/faults.ts";
import { ApiError, type Reason } from "../../../src/spacelift/api_error.ts";
import { eventually } from "../../support/eventually.ts";
import {
  accountOf,
  ExporterSetup,
  familyOf,
  type Series,
  STACKS,
  StacksSetup,
} from "./stacks_setup.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The longest pause between two walks that succeed at once: the interval and its jitter. */
const NEXT_WALK = 66 * SECOND;
const BY_STATE = "spacelift_current_stacks_count_by_state";
const EXCHANGE = "apiKeyUser";

function statesOf(series: Series): string[] {
  return [...familyOf(series, BY_STATE).keys()];
}

function stateOf(stack: string): string {
  return `{space="root",stack="${stack}",state="FINISHED"}`;
}

function failures(series: Series, reason: Reason): number | undefined {
  return series.get(
    `spacelift_scrape_collector_failures_total{collector="stacks",reason="${reason}"}`,
  );
}

function success(series: Series): number | undefined {
  return series.get('spacelift_scrape_collector_success{collector="stacks"}');
}

function rejectedAs(reason: Reason): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ApiError, String(error));
    assert.equal(error.reason, reason, error.message);
    return true;
  };
}

const ON_SECOND_PAGE = { when: ({ after }: Record<string, unknown>) => after !== null };

Deno.test("when a page fails the last good walk stays, and the next one goes on from its cursor", async () => {
  const account = accountOf(plainStack("a"), plainStack("b"));
  await using setup = new ExporterSetup(account, { flags: ["--stacks-page-size=1"] });
  const both = [stateOf("a"), stateOf("b")];
  await setup.scrapeUntil((series) => success(series) === 1, "the first walk");
  account.stacks.push(plainStack("c"));
  setup.server.faults.set(STACKS, { status: 502 }, ON_SECOND_PAGE);
  await setup.pass(NEXT_WALK + 30 * SECOND);
  const failed = await setup.scrapeUntil((series) => success(series) === 0, "the failure");
  assert.deepEqual(statesOf(failed), both, "half of the second walk was published");
  const failuresSoFar = failures(failed, "unreachable") ?? 0;
  assert.ok(failuresSoFar >= 1, "the failure was not counted");
  const age = 'spacelift_scrape_collector_last_success_timestamp_seconds{collector="stacks"}';
  assert.equal(failed.get(age), 1_800_000_000, "the age of what is served");
  setup.server.faults.clear();
  const firstPages = setup.server.requests.list(STACKS)
    .filter(({ variables }) => variables["after"] === null).length;
  await setup.pass(30 * SECOND);
  const next = await setup.scrapeUntil((series) => success(series) === 1, "the rest of the walk");
  assert.deepEqual(statesOf(next), [...both, stateOf("c")]);
  assert.equal(failures(next, "unreachable"), failuresSoFar);
  const again = setup.server.requests.list(STACKS)
    .filter(({ variables }) => variables["after"] === null).length;
  assert.equal(again, firstPages, "the walk began again instead of going on from its cursor");
});

Deno.test("half of a first walk is not published either", async () => {
  const account = accountOf(plainStack("a"), plainStack("b"));
  await using setup = new ExporterSetup(account, { flags: ["--stacks-page-size=1"] });
  setup.server.faults.set(STACKS, { errors: ["boom"] }, ON_SECOND_PAGE);
  await setup.pass(20 * SECOND);
  const series = await setup.scrapeUntil((series) => success(series) === 0, "the failure");
  assert.deepEqual(statesOf(series), []);
  assert.ok((failures(series, "graphql") ?? 0) >= 1);
});

Deno.test("after ten minutes without a walk nobody serves the stacks, until there is one", async () => {
  await using setup = new ExporterSetup(accountOf(plainStack("a")));
  await setup.scrapeUntil((series) => success(series) === 1, "the first walk");
  setup.server.faults.set(STACKS, { status: 503 });
  await setup.pass(10 * MINUTE - 1);
  assert.deepEqual(statesOf(await setup.scrape()), [stateOf("a")], "just before ten minutes");
  await setup.pass(1);
  assert.deepEqual(statesOf(await setup.scrape()), [], "at ten minutes");
  await setup.pass(MINUTE);
  setup.server.faults.clear();
  await setup.pass(NEXT_WALK);
  const back = await setup.scrapeUntil((series) => success(series) === 1, "the API come back");
  assert.deepEqual(statesOf(back), [stateOf("a")]);
});

Deno.test("with the whole API gone, remembered stacks do not hold up the news of it", async () => {
  await using setup = new ExporterSetup(accountOf(plainStack("a")));
  await setup.scrapeUntil((series) => success(series) === 1, "the first walk");
  setup.server.faults.set("*", { status: 503 });
  await setup.pass(MINUTE);
  assert.deepEqual(statesOf(await setup.scrape()), [stateOf("a")]);
  await setup.pass(2 * MINUTE);
  assert.deepEqual([...await setup.scrape()], []);
});

Deno.test("a session that is lost between two walks is renewed, by one exchange", async () => {
  await using setup = new StacksSetup(accountOf(plainStack("a")));
  await setup.walk();
  setup.server.apiKey.revokeTokens();
  assert.deepEqual(statesOf(await setup.walk()), [stateOf("a")]);
  assert.equal(setup.server.requests.count(EXCHANGE), 2);
  assert.equal(setup.server.requests.count(STACKS), 3);
});

Deno.test("a session that is lost between two pages costs one page, not the walk", async () => {
  const account = accountOf(plainStack("a"), plainStack("b"));
  await using setup = new StacksSetup(account, { pageSize: 1 });
  setup.server.faults.set(STACKS, { expireToken: true }, { ...ON_SECOND_PAGE, times: 1 });
  assert.deepEqual(statesOf(await setup.walk()), [stateOf("a"), stateOf("b")]);
  assert.equal(setup.server.requests.count(STACKS), 3);
  assert.equal(setup.server.requests.count(EXCHANGE), 2);
});

Deno.test("an API that knows no viewer gives no stacks, which is not the same as none", async () => {
  await using setup = new StacksSetup(accountOf(plainStack("a")));
  setup.server.faults.set(STACKS, { edit: put("data.viewer", null) });
  await assert.rejects(setup.walk(), rejectedAs("unauthorized"));
  assert.equal(setup.server.requests.count(STACKS), 2, "one retry");
  assert.equal(setup.server.requests.count(EXCHANGE), 2, "with one new token");
});

Deno.test("an account without stacks has none", async () => {
  await using setup = new StacksSetup(accountOf());
  assert.deepEqual([...await setup.walk()], [
    ["spacelift_stacks_drift_uncounted", 0],
    ["spacelift_stacks_omitted", 0],
  ]);
});

for (
  const [what, path, value] of [
    ["a cursor that comes again", "data.searchStacks.pageInfo.endCursor", btoa("position:1")],
    ["a next page without a cursor", "data.searchStacks.pageInfo.endCursor", null],
  ] as const
) {
  Deno.test(`a walk ends as a bad reply at ${what}`, async () => {
    const account = accountOf(...["a", "b", "c", "d"].map(plainStack));
    await using setup = new StacksSetup(account, { pageSize: 1 });
    setup.server.faults.set(STACKS, { edit: put(path, value) }, ON_SECOND_PAGE);
    await assert.rejects(setup.walk(), rejectedAs("bad_response"));
    assert.ok(setup.server.requests.count(STACKS) <= 3, "the walk went on for ever");
  });
}

for (
  const [what, path, value] of [
    ["of what is known already", "data.searchStacks.edges.0.node.id", "a"],
    ["without any stack", "data.searchStacks.edges", []],
  ] as const
) {
  Deno.test(`a walk goes on after a page ${what}`, async () => {
    await using setup = new StacksSetup(accountOf(...["a", "b", "c"].map(plainStack)), {
      pageSize: 1,
    });
    setup.server.faults.set(STACKS, { edit: put(path, value) }, { ...ON_SECOND_PAGE, times: 1 });
    assert.deepEqual(statesOf(await setup.walk()), [stateOf("a"), stateOf("c")]);
  });
}

Deno.test("each page has a time-out of its own", async () => {
  const account = accountOf(plainStack("a"), plainStack("b"));
  await using setup = new StacksSetup(account, { pageSize: 1 });
  setup.server.faults.set(STACKS, { delayMs: 4 * SECOND });
  const slow = setup.walk();
  for (const page of [1, 2]) {
    await setup.server.requests.arrived(STACKS, page);
    await setup.clock.advance(4 * SECOND);
  }
  assert.equal(statesOf(await slow).length, 2, "two pages of 4 s each within 5 s a page");
  setup.server.faults.set(STACKS, { hang: true });
  const hanging = assert.rejects(setup.walk(), rejectedAs("timeout"));
  await setup.server.requests.arrived(STACKS, 3);
  await setup.clock.advance(5 * SECOND);
  await hanging;
  assert.equal(setup.clock.pending, 0, "forgotten timers");
});

Deno.test("a walk that took 30 s is followed by a pause of two minutes", async () => {
  await using setup = new ExporterSetup(accountOf(plainStack("a")));
  const { requests, faults } = setup.server;
  faults.set(STACKS, { delayMs: 30 * SECOND }, { times: 1 });
  await requests.arrived(STACKS);
  await setup.clock.advance(30 * SECOND);
  await setup.scrapeUntil((series) => success(series) === 1, "the first walk");
  await setup.clock.advance(119 * SECOND);
  assert.equal(requests.count(STACKS), 1);
  await setup.clock.advance(SECOND);
  await requests.arrived(STACKS, 2);
});

Deno.test("an API that asks for a pause gets it", async () => {
  await using setup = new ExporterSetup(accountOf(plainStack("a")));
  const { requests, faults } = setup.server;
  faults.set(STACKS, { status: 429, headers: { "retry-after": "120" } }, { times: 1 });
  const series = await setup.scrapeUntil((series) => success(series) === 0, "the refusal");
  assert.equal(failures(series, "rate_limited"), 1);
  await setup.clock.advance(119 * SECOND);
  assert.equal(requests.count(STACKS), 1);
  await setup.clock.advance(SECOND);
  await setup.scrapeUntil((series) => success(series) === 1, "the walk after the pause");
});

Deno.test("stopping in the middle of a walk ends it at once and counts nothing", async () => {
  const setup = new ExporterSetup(accountOf(plainStack("a")));
  setup.server.faults.set(STACKS, { hang: true });
  await setup.server.requests.arrived(STACKS);
  await setup[Symbol.asyncDispose]();
  assert.equal(setup.test.peek("stacks")?.failure, undefined);
  await eventually(() => setup.clock.pending === 0, "forgotten timers");
});
