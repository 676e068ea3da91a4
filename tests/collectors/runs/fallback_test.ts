import assert from "node:assert/strict";
import { put } from "../../api/faults.ts";
import { captureLog } from "../../support/capture_log.ts";
import { BY_ID, counted, countsOf, PAGE, RunsSetup } from "./runs_setup.ts";

/** What a server may lack, and what is then not known of a run. */
const LACKS: Readonly<Record<string, { without: string[]; label?: object; seconds: boolean }>> = {
  "the total": { without: ["SearchRunsOutput.total"], seconds: true },
  "marks of the end": {
    without: ["RunStateTransition.terminal", "RunStateTransition.stateVersion"],
    seconds: true,
  },
  "drift detection": { without: ["Run.driftDetection"], label: { drift: "" }, seconds: true },
  "the flag of the end": { without: ["Run.finished"], seconds: true },
  "the history": { without: ["Run.history"], seconds: false },
  "the creation": { without: ["Run.createdAt"], seconds: true },
  "two of these": {
    without: ["Run.driftDetection", "SearchRunsOutput.total"],
    label: { drift: "" },
    seconds: true,
  },
  "all of these": {
    without: [
      "SearchRunsOutput.total",
      "Run.driftDetection",
      "Run.finished",
      "Run.history",
      "Run.createdAt",
    ],
    label: { drift: "" },
    seconds: false,
  },
};

for (const [what, { without: missingFields, label = {}, seconds }] of Object.entries(LACKS)) {
  Deno.test(`runs: a server that lacks ${what} has its runs counted`, async () => {
    using _log = captureLog();
    await using test = new RunsSetup({ missingFields });
    const before = test.create("before");
    test.enter(before, "PLANNING");
    const old = test.create("old", { createdAt: test.now - 100 });
    old.history = [{ state: "FINISHED", terminal: true, timestamp: test.now - 50, username: null }];
    await test.round();
    await test.clock.advance(30_000);
    test.enter(before, "FAILED");
    const between = test.create("between");
    await test.clock.advance(5_000);
    test.enter(between, "FINISHED");
    await test.round();
    const asked = test.server.requests.count();
    const series = await test.roundAfter();
    assert.deepEqual(countsOf(series), {
      [counted("FAILED", label)]: 1,
      [counted("FINISHED", label)]: 1,
    });
    assert.equal(test.server.requests.count() - asked, 1, "it keeps asking for what is not there");
    const durations = [...series.keys()].filter((name) => name.includes("active_seconds"));
    assert.equal(durations.length > 0, seconds, "durations");
  });
}

Deno.test("runs: a server that lacks fields is mentioned once, however often it is tried again", async () => {
  using log = captureLog();
  await using test = new RunsSetup({ missingFields: ["SearchRunsOutput.total", "Run.finished"] });
  await test.round();
  const before = test.server.requests.count();
  await test.roundAfter(3600_000);
  assert.ok(test.server.requests.count() > before + 1, "it is not tried again");
  assert.equal(log.records.length, 1, log.text);
  assert.match(log.text, /"without":\["total","finished"\]/);
});

Deno.test("runs: a space that runs do not name is the one that the walk over stacks found", async () => {
  using _log = captureLog();
  await using test = new RunsSetup();
  test.server.faults.set(PAGE, { edit: put("data.searchRuns.edges.0.node.stack.space", null) });
  test.spaces.set("a", "known");
  test.create("r1");
  const series = await test.round();
  assert.equal(series.get(counted("FAILED", { space: "known" })), 0);
});

/** Odd figures in one run of two. */
const ODD: Readonly<Record<string, unknown>> = {
  "run.createdAt": "yesterday",
  "run.finished": "no",
  "run.driftDetection": null,
  "run.history": "none",
  "run.history.0.timestamp": -1,
  "run.history.0.state": 7,
  "run.type": null,
  "stack": null,
  "stack.space": null,
};

for (const [path, value] of Object.entries(ODD)) {
  Deno.test(`runs: an odd ${path} takes nothing else along`, async () => {
    await using test = new RunsSetup();
    test.create("r1");
    test.enter(test.create("odd"), "PLANNING");
    test.server.faults.set(PAGE, { edit: put(`data.searchRuns.edges.0.node.${path}`, value) });
    const series = await test.round();
    const queued = 'spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}';
    assert.equal(series.get(queued), 1);
    const all = [...series].filter(([name]) => name.startsWith("spacelift_runs_unfinished"));
    assert.equal(all.reduce((sum, [, count]) => sum + count, 0), 2);
  });
}

Deno.test("runs: an edge without a run is passed over", async () => {
  await using test = new RunsSetup();
  test.create("r1");
  test.create("r2");
  test.server.faults.set(PAGE, { edit: put("data.searchRuns.edges.0.node", null) });
  const series = await test.round();
  const queued = 'spacelift_runs_unfinished{space="root",state="QUEUED",type="TRACKED"}';
  assert.equal(series.get(queued), 1);
});

Deno.test("runs: a server without the search is unsupported, and is not asked for ten minutes", async () => {
  await using test = new RunsSetup({ missingFields: ["Query.searchRuns"] });
  await assert.rejects(test.round(), { reason: "unsupported" });
  const before = test.server.requests.count();
  for (let n = 0; n < 15; n++) {
    await assert.rejects(test.roundAfter(30_000), { reason: "unsupported" });
  }
  assert.equal(test.server.requests.count(), before);
  test.server.setMissingFields([]);
  await test.roundAfter(5 * 60_000);
});

Deno.test("runs: with a webhook, a server without the search has its runs counted by hints", async () => {
  using log = captureLog();
  await using test = new RunsSetup({ missingFields: ["Query.searchRuns"], webhook: true });
  await test.round();
  await test.clock.advance(10_000);
  const run = test.create("r1");
  test.hints?.add({ run: "r1", stack: "a" });
  const seen = await test.round();
  assert.equal(seen.get(counted("FINISHED")), 0);
  test.enter(run, "FINISHED");
  test.hints?.add({ run: "r1", stack: "a" });
  await test.round();
  assert.deepEqual(countsOf(await test.roundAfter()), { [counted("FINISHED")]: 1 });
  const told = log.records.filter((line) => line.includes("does not list runs"));
  assert.equal(told.length, 1);
});

/** An exporter that has nothing but hints, one run under way, and an API that fails for it. */
async function hintsInTrouble(times?: number): Promise<RunsSetup> {
  const test = new RunsSetup({ missingFields: ["Query.searchRuns"], webhook: true });
  await test.round();
  await test.clock.advance(10_000);
  test.enter(test.create("r1"), "FINISHED");
  test.server.faults.set(
    BY_ID,
    { errors: ["something broke"] },
    times === undefined ? {} : { times },
  );
  test.hints?.add({ run: "r1", stack: "a" });
  await test.round();
  return test;
}

Deno.test("runs: a hint that met an error is looked into again, without hurry", async () => {
  using _log = captureLog();
  await using test = await hintsInTrouble(3);
  assert.equal(test.hurries, 1, "the API is asked again at once");
  for (let n = 0; n < 3; n++) await test.roundAfter(30_000);
  assert.deepEqual(countsOf(await test.roundAfter()), { [counted("FINISHED")]: 1 });
  assert.equal(test.hints?.size, 0);
});

Deno.test("runs: a hint that never meets anything but errors is dropped", async () => {
  using _log = captureLog();
  await using test = await hintsInTrouble();
  for (let n = 0; n < 20; n++) await test.roundAfter(30_000);
  assert.equal(test.server.requests.count(BY_ID), 10);
  assert.equal(test.hints?.size, 0);
});

Deno.test("runs: hints do not make up for a poll that fails", async () => {
  await using test = new RunsSetup({ webhook: true });
  test.create("r1");
  await test.round();
  test.server.faults.set(PAGE, { status: 500 });
  await assert.rejects(test.roundAfter(30_000), { reason: "unreachable" });
  test.hints?.add({ run: "r1", stack: "a" });
  await assert.rejects(test.roundAfter(1000), { reason: "unreachable" });
  test.server.faults.clear();
  await test.roundAfter(1000);
  assert.equal(test.hints?.size, 0);
});

Deno.test("runs: a key that may not list runs is unsupported or unauthorized as for any collector", async () => {
  using _log = captureLog();
  await using machine = new RunsSetup({ refusedToMachines: ["searchRuns"] });
  await assert.rejects(machine.round(), { reason: "unsupported" });
  await using narrow = new RunsSetup();
  narrow.server.faults.set(PAGE, { errors: ["unauthorized"] });
  await assert.rejects(narrow.round(), { reason: "unauthorized" });
});

Deno.test("runs: a session that is lost without an error erases nothing", async () => {
  await using test = new RunsSetup();
  test.create("r1");
  await test.round();
  for (const operation of [PAGE, BY_ID]) {
    test.server.faults.set(operation, { edit: put("data.viewer", null) });
  }
  await assert.rejects(test.round(), /does not know the session/);
});
