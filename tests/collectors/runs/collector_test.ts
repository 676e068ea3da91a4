import assert from "node:assert/strict";
import { counted, countsOf, PAGE, RunsSetup } from "./runs_setup.ts";

Deno.test("runs: one that ends is counted once, in the state in which it ended", async () => {
  await using test = new RunsSetup();
  const run = test.create("r1");
  const before = await test.round();
  assert.equal(before.get(counted("FAILED")), 0, "the series does not exist before the end");
  assert.equal(before.get(counted("FINISHED")), 0);
  assert.equal(
    before.get('spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}'),
    1,
  );
  test.enter(run, "FAILED");
  const after = await test.roundAfter();
  assert.deepEqual(countsOf(after), { [counted("FAILED")]: 1 });
  assert.deepEqual(countsOf(await test.roundAfter()), { [counted("FAILED")]: 1 });
  assert.ok(![...after.keys()].some((name) => name.startsWith("spacelift_runs_unfinished")));
});

Deno.test("runs: what ended before the start is not counted, what was under way then is", async () => {
  await using test = new RunsSetup();
  const old = test.create("old");
  const under = test.create("under", { stackId: "b", type: "TASK" });
  test.enter(old, "FINISHED");
  const wall = test.clock.wall() + 10_000;
  await using later = new RunsSetup({ wall, runs: test.account.runs });
  await later.round();
  later.enter(under, "FINISHED");
  assert.deepEqual(countsOf(await later.roundAfter()), {
    [counted("FINISHED", { stack: "b", space: "network", type: "TASK" })]: 1,
  });
});

Deno.test("runs: one that came and ended between two rounds is shown at 0 before it is at 1", async () => {
  await using test = new RunsSetup();
  await test.round();
  await test.clock.advance(10_000);
  const run = test.create("r1");
  test.enter(run, "FAILED");
  const first = await test.roundAfter(20_000);
  assert.equal(first.get(counted("FAILED")), 0, "an increase needs a 0 first");
  const second = await test.roundAfter(30_000);
  assert.equal(second.get(counted("FAILED")), 0);
  const third = await test.roundAfter(30_000);
  assert.equal(third.get(counted("FAILED")), 1);
});

Deno.test("runs: the seconds of a run are those of its history", async () => {
  await using test = new RunsSetup();
  const run = test.create("r1");
  await test.round();
  for (
    const [state, seconds] of [
      ["PREPARING", 40],
      ["PLANNING", 5],
      ["UNCONFIRMED", 25],
      ["CONFIRMED", 4000],
      ["APPLYING", 3],
      ["FINISHED", 7],
    ] as const
  ) {
    await test.clock.advance(seconds * 1000);
    test.enter(run, state);
  }
  const series = await test.roundAfter();
  const labels = '{space="root",type="TRACKED"}';
  assert.equal(series.get(`spacelift_run_queue_seconds_sum${labels}`), 40);
  assert.equal(series.get(`spacelift_run_active_seconds_sum${labels}`), 5 + 25 + 3 + 7);
  assert.equal(series.get(`spacelift_run_wait_seconds_sum${labels}`), 4000);
  for (const kind of ["queue", "active", "wait"]) {
    assert.equal(series.get(`spacelift_run_${kind}_seconds_count${labels}`), 1);
  }
  const bucket = (le: string) =>
    series.get(`spacelift_run_wait_seconds_bucket{le="${le}",space="root",type="TRACKED"}`);
  assert.deepEqual([bucket("3600"), bucket("7200"), bucket("+Inf")], [0, 1, 1]);
});

Deno.test("runs: the run that has been in a state longest shows since when", async () => {
  await using test = new RunsSetup();
  const first = test.create("r1");
  test.enter(first, "UNCONFIRMED");
  const since = test.now;
  await test.clock.advance(60_000);
  test.enter(test.create("r2"), "UNCONFIRMED");
  const series = await test.round();
  const oldest = 'spacelift_runs_oldest_state_timestamp_seconds{space="root",state="UNCONFIRMED"}';
  assert.equal(series.get(oldest), since);
  assert.equal(
    series.get('spacelift_runs_unfinished{space="root",state="UNCONFIRMED",type="TRACKED"}'),
    2,
  );
  assert.equal(series.get("spacelift_runs_omitted"), 0);
});

Deno.test("runs: drift detection, proposals and runs of modules have labels of their own", async () => {
  await using test = new RunsSetup();
  await test.round();
  for (
    const changes of [
      { type: "PROPOSED", driftDetection: true },
      { type: "PROPOSED" },
      { type: "TESTING", isModule: true, stackId: "module" },
      { type: "A_NEW_TYPE" },
    ]
  ) test.enter(test.create(JSON.stringify(changes), changes), "FINISHED");
  await test.round();
  assert.deepEqual(countsOf(await test.roundAfter()), {
    [counted("FINISHED", { type: "A_NEW_TYPE" })]: 1,
    [counted("FINISHED", { type: "PROPOSED" })]: 1,
    [counted("FINISHED", { type: "PROPOSED", drift: "true" })]: 1,
    [counted("FINISHED", { type: "TESTING", stack: "", space: "" })]: 1,
  });
});

Deno.test("runs: with details, when a run of each stack last ended in each state", async () => {
  await using test = new RunsSetup({ details: true });
  const name =
    'spacelift_runs_last_ended_timestamp_seconds{space="root",stack="a",state="FAILED",type="TRACKED"}';
  test.enter(test.create("r1"), "FAILED");
  assert.equal((await test.round()).get(name), test.now);
  await test.clock.advance(5000);
  test.enter(test.create("r2"), "FAILED");
  assert.equal((await test.round()).get(name), test.now);
  await using plain = new RunsSetup();
  plain.enter(plain.create("r1"), "FAILED");
  assert.equal((await plain.round()).get(name), undefined);
});

Deno.test("runs: a page tells people what runs, what waits and what ended last", async () => {
  await using test = new RunsSetup();
  test.create("queued");
  test.enter(test.create("planning"), "PLANNING");
  test.enter(test.create("waiting"), "UNCONFIRMED");
  const ended = test.create("ended", { driftDetection: true, type: "PROPOSED" });
  test.enter(ended, "FAILED");
  const overview = await test.overview();
  const ids = ({ first }: { first: readonly { id: string }[] }) => first.map(({ id }) => id);
  assert.deepEqual(ids(overview.running), ["planning"]);
  assert.deepEqual(ids(overview.queued), ["queued"]);
  assert.deepEqual(ids(overview.waiting), ["waiting"]);
  assert.deepEqual(overview.lastEnded, [{
    id: "ended",
    stack: "a",
    space: "root",
    type: "PROPOSED",
    state: "FAILED",
    isDriftDetection: true,
    since: test.now,
  }]);
});

Deno.test("runs: a quiet round costs one request", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 60; n++) test.enter(test.create(`r${n}`), "FINISHED");
  await test.round();
  const before = test.server.requests.count();
  await test.roundAfter(30_000);
  assert.equal(test.server.requests.count() - before, 1);
  assert.equal(test.server.requests.list(PAGE).at(-1)?.variables.first, 50);
});
