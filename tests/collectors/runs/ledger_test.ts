import assert from "node:assert/strict";
import fc from "fast-check";
import { Ledger } from "../../../src/collectors/runs/ledger.ts";
import { readRun, type Run } from "../../../src/collectors/runs/run.ts";
import { Tally } from "../../../src/collectors/runs/tally.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const START = 1_800_000_000;

const STATES = ["QUEUED", "PLANNING", "UNCONFIRMED", "FAILED", "FINISHED", "A_NEW_STATE"];

/** A run after so many of its transitions, ten seconds apart. */
function runAfter(
  id: number,
  states: readonly string[],
  transitions: number,
  state?: string,
): Run {
  const createdAt = START + id;
  const history = states.slice(0, transitions)
    .map((state, index) => ({
      state,
      timestamp: createdAt + 10 * index,
      terminal: null,
      stateVersion: index + 1,
    }));
  const run = {
    id: `r${id}`,
    state: state ?? history.at(-1)?.state ?? "QUEUED",
    type: "TRACKED",
    createdAt,
    finished: null,
    driftDetection: false,
    history: history.reverse(),
  };
  return readRun({ run, stack: { id: "a", space: "root" } }, new Map());
}

/** What was counted, by state, and the seconds that were measured. */
function booksOf(tally: Tally): { counts: Record<string, number>; seconds: number; runs: number } {
  const counts = Object.fromEntries(
    tally.counts.samples(Infinity).filter(({ value }) => value > 0)
      .map(({ labelValues, value }) => [labelValues[3], value]),
  );
  const parts = [tally.active, tally.queue, tally.wait].flatMap((one) => one.samples());
  const sum = (suffix: string) =>
    parts.filter(({ part }) => part?.suffix === suffix)
      .reduce((total, { value }) => total + value, 0);
  return { counts, seconds: sum("_sum"), runs: sum("_count") };
}

function observe(observations: readonly Run[]): ReturnType<typeof booksOf> {
  const tally = new Tally(10_000);
  const ledger = new Ledger({ clock: new FakeClock(START * 1000), limit: 100, tally });
  for (const run of observations) ledger.enter(run);
  return booksOf(tally);
}

Deno.test("ledger: any order, repetition and loss of reports counts the same once all is known", () => {
  const lives = fc.array(fc.array(fc.constantFrom(...STATES), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 5,
  });
  const report = fc.record({ run: fc.nat(4), transitions: fc.integer({ min: 1, max: 6 }) });
  fc.assert(fc.property(lives, fc.array(report, { maxLength: 30 }), (lives, reports) => {
    const whole = lives.map((states, id) => runAfter(id, states, states.length));
    const heard = reports.flatMap(({ run, transitions }) => {
      const states = lives[run];
      return states === undefined ? [] : [runAfter(run, states, transitions)];
    });
    assert.deepEqual(observe([...heard, ...whole]), observe(whole));
    assert.deepEqual(observe([...whole, ...heard, ...whole]), observe(whole));
  }));
});

/** An exporter whose clock is wrong by some seconds looks at runs of a server whose clock is right. */
function withClockWrongBy(seconds: number): { ledger: Ledger; clock: FakeClock; tally: Tally } {
  const clock = new FakeClock((START + seconds) * 1000);
  const tally = new Tally(10_000);
  return { clock, tally, ledger: new Ledger({ clock, limit: 100, tally }) };
}

const ENDED = ["QUEUED", "FAILED"];

for (const wrong of [-3600, -60, 0, 60, 3600]) {
  Deno.test(`ledger: with the host's clock ${wrong} s off, runs since the start are counted`, async () => {
    const { ledger, clock, tally } = withClockWrongBy(wrong);
    const before = runAfter(-100, ENDED, 2);
    const newest = runAfter(-1, ["QUEUED"], 1);
    ledger.synchronize([before, newest].map(({ createdAt }) => createdAt ?? 0));
    for (const run of [before, newest]) ledger.enter(run);
    ledger.settle(["r-100", "r-1"], newest.createdAt);
    await clock.advance(60_000);
    ledger.enter(runAfter(10, ENDED, 2));
    ledger.enter(runAfter(-1, ENDED, 2));
    assert.deepEqual(booksOf(tally).counts, { FAILED: 2 });
  });
}

for (const wrong of [-3600, -60, -1]) {
  Deno.test(`ledger: with the host's clock ${wrong} s off, the last run before the start is not counted`, async () => {
    const { ledger, clock, tally } = withClockWrongBy(wrong);
    await clock.advance(500);
    const before = runAfter(-10, ENDED, 2);
    ledger.synchronize([before.createdAt ?? 0, before.course.since ?? 0]);
    ledger.enter(before);
    ledger.settle(["r-10"], before.createdAt);
    assert.deepEqual(booksOf(tally).counts, {});
  });
}

Deno.test("ledger: a step of the host's clock changes nothing", async () => {
  const { ledger, clock, tally } = withClockWrongBy(0);
  ledger.settle([], undefined);
  for (const step of [86_400_000, -2 * 86_400_000]) {
    clock.stepWall(step);
    await clock.advance(30_000);
    ledger.enter(runAfter(clock.monotonic() / 1000, ENDED, 2));
  }
  assert.deepEqual(booksOf(tally).counts, { FAILED: 2 });
});

for (const isKnown of [true, false]) {
  Deno.test(`ledger: a history that lags is waited for, of a run ${isKnown ? "known" : "new"}`, async () => {
    const { ledger, clock, tally } = withClockWrongBy(0);
    ledger.settle([], undefined);
    if (isKnown) ledger.enter(runAfter(1, ENDED, 1));
    await clock.advance(30_000);
    ledger.enter(runAfter(1, ENDED, 1, "FAILED"));
    assert.deepEqual(booksOf(tally), { counts: {}, seconds: 0, runs: 0 });
    assert.deepEqual(ledger.unfinished, [], "it counts as under way");
    await clock.advance(30_000);
    assert.deepEqual(ledger.due(clock.monotonic()).map(({ id }) => id), ["r1"]);
    ledger.enter(runAfter(1, ENDED, 2));
    assert.deepEqual(booksOf(tally), { counts: { FAILED: 1 }, seconds: 10, runs: 2 });
    assert.deepEqual(ledger.due(clock.monotonic()), []);
  });
}

Deno.test("ledger: a history that never shows the end leaves the run counted without seconds", async () => {
  const { ledger, clock, tally } = withClockWrongBy(0);
  ledger.settle([], undefined);
  for (let look = 0; look < 5; look++) {
    ledger.enter(runAfter(1, ENDED, 1, "FAILED"));
    await clock.advance(30_000);
  }
  assert.deepEqual(booksOf(tally), { counts: { FAILED: 1 }, seconds: 0, runs: 0 });
  ledger.enter(runAfter(2, ENDED, 1, "FAILED"));
  ledger.miss("r2");
  assert.deepEqual(
    booksOf(tally).counts,
    { FAILED: 2 },
    "what is found no more ended all the same",
  );
});

Deno.test("ledger: a run that ended before the start is not counted for its history that lags", async () => {
  const { ledger, clock, tally } = withClockWrongBy(0);
  ledger.enter(runAfter(-100, ENDED, 1, "FAILED"));
  ledger.settle(["r-100"], START - 100);
  await clock.advance(30_000);
  ledger.enter(runAfter(-100, ENDED, 2));
  assert.deepEqual(booksOf(tally).counts, {});
});

Deno.test("ledger: 5,000 runs under way take little memory, however often they are reported", () => {
  const tally = new Tally(10_000);
  const ledger = new Ledger({ clock: new FakeClock(START * 1000), limit: 5000, tally });
  for (let round = 0; round < 3; round++) {
    for (let id = 0; id < 6000; id++) ledger.enter(runAfter(id, ["QUEUED", "UNCONFIRMED"], 2));
  }
  assert.equal(ledger.unfinished.length, 5000);
  assert.equal(ledger.omitted, 1000);
  for (let id = 0; id < 12_000; id++) ledger.enter(runAfter(id, ENDED, 2));
  ledger.tidy();
  assert.equal(ledger.unfinished.length, 0);
  assert.equal(ledger.hasEnded("r11999"), true);
  assert.equal(ledger.hasEnded("r0"), false, "the oldest are not forgotten");
});
