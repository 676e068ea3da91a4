import assert from "node:assert/strict";
import { BY_ID, counted, countsOf, PAGE, RunsSetup } from "./runs_setup.ts";

/** The total of the counter over all series. */
function total(series: ReadonlyMap<string, number>): number {
  return Object.values(countsOf(series)).reduce((sum, value) => sum + value, 0);
}

Deno.test("runs: a round reads pages until it meets what it knows to have ended", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 175; n++) test.enter(test.create(`old${n}`), "FINISHED");
  await test.round();
  assert.equal(test.server.requests.count(PAGE), 4, "the first round reads everything");
  await test.clock.advance(30_000);
  for (let n = 0; n < 75; n++) test.enter(test.create(`new${n}`), "FINISHED");
  await test.round();
  assert.equal(test.server.requests.count(PAGE), 6);
  assert.equal(total(await test.roundAfter()), 75 + 175);
});

Deno.test("runs: pages that shift while they are read hide nothing and repeat nothing", async () => {
  await using test = new RunsSetup();
  await test.round();
  await test.clock.advance(30_000);
  for (let n = 0; n < 120; n++) test.enter(test.create(`r${n}`), "FINISHED");
  let extra = 0;
  test.server.faults.set(PAGE, {
    edit(reply) {
      for (let n = 0; n < 7; n++) test.enter(test.create(`extra${extra++}`), "FAILED");
      return reply;
    },
  });
  await test.round();
  test.server.faults.clear();
  const series = await test.roundAfter();
  assert.ok(extra >= 14, "nothing shifted");
  assert.deepEqual(countsOf(await test.roundAfter()), {
    [counted("FAILED")]: extra,
    [counted("FINISHED")]: 120,
  });
  assert.ok(series.size > 0);
});

Deno.test("runs: runs that leave the list while it is read hide none for longer than a round", async () => {
  await using test = new RunsSetup();
  await test.round();
  await test.clock.advance(30_000);
  for (let n = 0; n < 220; n++) test.enter(test.create(`r${n}`), "FINISHED");
  test.server.faults.set(PAGE, {
    edit(reply) {
      // The newest ten are gone, so that ten others move to the page that was just read, the second.
      test.account.runs.splice(-10);
      return reply;
    },
  }, { times: 1, when: ({ after }) => after !== null });
  await test.round();
  await test.roundAfter();
  assert.equal(total(await test.roundAfter()), 220);
});

Deno.test("runs: the first look goes back as far as --runs-lookback", async () => {
  await using test = new RunsSetup({ lookback: 3600_000 });
  for (let n = 0; n < 500; n++) {
    test.enter(test.create(`r${n}`, { createdAt: test.now - (500 - n) * 60 }), "FINISHED");
  }
  await test.round();
  assert.equal(test.server.requests.count(PAGE), 3, "60 runs are younger than an hour");
});

Deno.test("runs: the first look reads at most --runs-limit, and says that it left out some", async () => {
  await using test = new RunsSetup({ limit: 100 });
  for (let n = 0; n < 500; n++) test.enter(test.create(`r${n}`), "FINISHED");
  const series = await test.round();
  assert.equal(test.server.requests.count(PAGE), 2);
  assert.equal(series.get("spacelift_runs_omitted"), 1);
  assert.equal((await test.roundAfter(25 * 3600_000)).get("spacelift_runs_omitted"), 0);
});

Deno.test("runs: a walk that fails is continued from where it was", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 400; n++) test.enter(test.create(`r${n}`), "FINISHED");
  for (const pages of [3, 2]) {
    let asked = 0;
    test.server.faults.set(PAGE, { status: 502 }, { when: () => asked++ >= pages });
    await assert.rejects(test.round(), /HTTP 502/);
    test.server.faults.clear();
  }
  const before = test.server.requests.count(PAGE);
  await test.round();
  // One page is read again at the top: what is new since then is on it.
  assert.equal(test.server.requests.count(PAGE) - before, 1 + (8 - 3 - 1));
  assert.equal(total(await test.roundAfter()), 400);
});

Deno.test("runs: pages that lead nowhere fail the round", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 120; n++) test.create(`r${n}`);
  for (
    const [cursor, problem] of [
      ['"unknown"', /invalid cursor/],
      ["null", /make no progress after 50 runs/],
      [`"${btoa("position:0")}"`, /make no progress after 50 runs/],
    ] as const
  ) {
    const edit = (reply: unknown) =>
      JSON.parse(JSON.stringify(reply).replace(/"endCursor":"[^"]*"/, `"endCursor":${cursor}`));
    test.server.faults.set(PAGE, { edit });
    await assert.rejects(test.round(), problem);
    test.server.faults.clear();
  }
  const series = await test.round();
  assert.equal(
    series.get('spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}'),
    120,
    "what the wrong pages left behind is in the way",
  );
});

Deno.test("runs: a run under way that is on no page is asked for by its id, 20 a request", async () => {
  await using test = new RunsSetup();
  const waiting = Array.from(
    { length: 45 },
    (_, n) => test.create(`w${n}`, { stackId: n % 2 ? "a" : "b" }),
  );
  await test.round();
  for (let n = 0; n < 60; n++) test.enter(test.create(`r${n}`), "FINISHED");
  await test.roundAfter(30_000);
  assert.equal(test.server.requests.count(BY_ID), 0, "the pages showed every run");
  await test.roundAfter(30_000);
  assert.deepEqual(
    test.server.requests.list(BY_ID).map(({ variables }) => Object.keys(variables).length / 2),
    [20, 20, 5],
  );
  for (const run of waiting) test.enter(run, "CANCELED");
  await test.roundAfter(30_000);
  const counts = countsOf(await test.roundAfter());
  assert.equal(counts[counted("CANCELED")], 22);
  assert.equal(counts[counted("CANCELED", { stack: "b", space: "network" })], 23);
});

Deno.test("runs: a run that has long been in its state is asked for less and less often", async () => {
  await using test = new RunsSetup();
  test.enter(test.create("waiting"), "UNCONFIRMED");
  await test.round();
  for (let n = 0; n < 60; n++) test.enter(test.create(`r${n}`), "FINISHED");
  const asked = async (rounds: number) => {
    const before = test.server.requests.count(BY_ID);
    for (let n = 0; n < rounds; n++) await test.roundAfter(30_000);
    return test.server.requests.count(BY_ID) - before;
  };
  assert.ok(await asked(10) >= 9, "not asked for in its first five minutes");
  await asked(110);
  const hourly = await asked(120);
  assert.ok(hourly >= 10 && hourly <= 13, `asked for ${hourly} times an hour`);
});

Deno.test("runs: thousands under way, none of which has ended, cost a bounded number of requests", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 1500; n++) test.create(`r${n}`);
  await test.round();
  assert.equal(test.server.requests.count(PAGE), 30);
  for (let round = 1; round <= 3; round++) {
    await test.roundAfter(30_000);
    assert.equal(test.server.requests.count(PAGE), 30 + 5 * round);
    assert.equal(test.server.requests.count(BY_ID), 10 * round);
  }
  const run = test.create("new");
  test.enter(run, "FAILED");
  await test.round();
  assert.equal(countsOf(await test.roundAfter())[counted("FAILED")], 1);
});

Deno.test("runs: one that is found no more is forgotten after ten minutes, and stops nobody", async () => {
  await using test = new RunsSetup();
  for (const id of ["gone", "stays"]) test.create(id);
  await test.round();
  for (let n = 0; n < 60; n++) test.enter(test.create(`r${n}`), "FINISHED");
  test.account.runs = test.account.runs.filter(({ id }) => id !== "gone");
  const queued = 'spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}';
  const first = await test.roundAfter(30_000);
  assert.equal(first.get(queued), 2);
  for (let n = 0; n < 25; n++) await test.roundAfter(30_000);
  const series = await test.roundAfter(30_000);
  assert.equal(series.get(queued), 1);
  assert.equal(series.get("spacelift_runs_omitted"), 0);
});

Deno.test("runs: beyond the limit runs under way are left out, counted as such, and found later", async () => {
  await using test = new RunsSetup({ limit: 3 });
  const all = Array.from({ length: 5 }, (_, n) => test.create(`r${n}`));
  const series = await test.round();
  const queued = 'spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}';
  assert.equal(series.get(queued), 3);
  assert.equal(series.get("spacelift_runs_omitted"), 2);
  for (const run of all) test.enter(run, "FINISHED");
  await test.roundAfter();
  assert.deepEqual(countsOf(await test.roundAfter()), { [counted("FINISHED")]: 5 });
});

Deno.test("runs: an ended run that was forgotten is not counted again", async () => {
  await using test = new RunsSetup({ limit: 10, webhook: true });
  await test.round();
  await test.clock.advance(1000);
  test.enter(test.create("first"), "FINISHED");
  await test.roundAfter(30_000);
  for (let n = 0; n < 40; n++) {
    await test.clock.advance(1000);
    test.enter(test.create(`r${n}`), "FINISHED");
    if (n % 8 === 7) await test.roundAfter(30_000);
  }
  test.hints?.add({ run: "first", stack: "a" });
  await test.round();
  assert.equal(total(await test.roundAfter()), 41);
});

Deno.test("runs: an outage longer than --runs-lookback hides none", async () => {
  await using test = new RunsSetup({ lookback: 3600_000 });
  test.enter(test.create("before"), "FINISHED");
  await test.round();
  for (let n = 0; n < 600; n++) {
    await test.clock.advance(60_000);
    test.enter(test.create(`r${n}`), "FINISHED");
  }
  await test.round();
  assert.equal(total(await test.roundAfter()), 600 + 1);
});

Deno.test("runs: a host whose clock is days ahead finds what is under way", async () => {
  await using test = new RunsSetup();
  const waiting = Array.from({ length: 120 }, (_, n) => test.create(`w${n}`));
  test.clock.stepWall(3 * 86_400_000);
  await test.round();
  test.clock.stepWall(-3 * 86_400_000);
  for (const run of waiting) test.enter(run, "FAILED");
  for (let n = 0; n < 5; n++) await test.roundAfter();
  assert.equal(total(await test.roundAfter()), 120);
});

Deno.test("runs: what leaves the list while a walk is interrupted hides none", async () => {
  await using test = new RunsSetup();
  await test.round();
  await test.clock.advance(30_000);
  for (let n = 0; n < 220; n++) test.enter(test.create(`r${n}`), "FINISHED");
  let asked = 0;
  test.server.faults.set(PAGE, { status: 502 }, { when: () => asked++ >= 2 });
  await assert.rejects(test.round(), /HTTP 502/);
  test.server.faults.clear();
  test.account.runs.splice(-10);
  await test.round();
  for (let n = 0; n < 3; n++) await test.roundAfter();
  assert.equal(total(await test.roundAfter()), 220);
});

Deno.test("runs: a cursor that the API cannot stand is given up", async () => {
  await using test = new RunsSetup();
  for (let n = 0; n < 170; n++) test.enter(test.create(`r${n}`), "FINISHED");
  let asked = 0;
  let refused: unknown;
  test.server.faults.set(PAGE, { status: 502 }, {
    when: ({ after }) => {
      if (asked++ === 2) refused = after;
      return refused !== undefined && after === refused;
    },
  });
  await assert.rejects(test.round(), /HTTP 502/);
  test.create("new");
  await assert.rejects(test.round(), /HTTP 502/);
  test.server.faults.clear();
  const pages = test.server.requests.count(PAGE);
  await test.round();
  assert.equal(test.server.requests.count(PAGE) - pages, 4, "it goes on from the bad cursor");
});

Deno.test("runs: an API that fails at each run it is asked for makes none forgotten", async () => {
  await using test = new RunsSetup();
  const waiting = test.create("waiting");
  await test.round();
  for (let n = 0; n < 60; n++) test.enter(test.create(`r${n}`), "FINISHED");
  test.server.faults.set(BY_ID, { errors: ["internal error"] });
  for (let n = 0; n < 50; n++) await test.roundAfter(30_000);
  test.server.faults.clear();
  test.enter(waiting, "FAILED");
  for (let n = 0; n < 12; n++) await test.roundAfter(30_000);
  assert.equal(countsOf(await test.roundAfter())[counted("FAILED")], 1);
});
