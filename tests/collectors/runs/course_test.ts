import assert from "node:assert/strict";
import fc from "fast-check";
import { courseOf } from "../../../src/collectors/runs/course.ts";
import type { RunReply } from "../../../src/collectors/runs/query.ts";

/** A transition as the API lists it. */
type Transition = NonNullable<RunReply["history"]>[number];

function transition(state: string | null, timestamp: number | null, more = {}): Transition {
  return { state, timestamp, terminal: null, stateVersion: null, ...more };
}

function reply(changes: Partial<RunReply>): RunReply {
  return {
    id: "r1",
    state: null,
    type: "TRACKED",
    createdAt: 1000,
    finished: null,
    driftDetection: false,
    history: null,
    ...changes,
  };
}

/** An ordinary life, oldest first. */
const LIFE = [
  transition("QUEUED", 1000),
  transition("PREPARING", 1007),
  transition("PLANNING", 1010),
  transition("UNCONFIRMED", 1050),
  transition("CONFIRMED", 1150),
  transition("APPLYING", 1160),
  transition("FINISHED", 1200),
];

const LIVED = {
  state: "FINISHED",
  hasEnded: true,
  isLagging: false,
  since: 1200,
  began: 1000,
  spent: { queue: 7, active: 43 + 50, wait: 100 },
};

Deno.test("course: the same, whichever way the API lists it and whatever it says besides", () => {
  const newestFirst = LIFE.toReversed();
  assert.deepEqual(courseOf(reply({ history: newestFirst, state: "FINISHED" })), LIVED);
  assert.deepEqual(courseOf(reply({ history: LIFE, finished: true })), LIVED);
  fc.assert(fc.property(fc.shuffledSubarray(LIFE, { minLength: LIFE.length }), (history) => {
    assert.deepEqual(courseOf(reply({ history, state: "FINISHED" })), LIVED);
  }));
});

Deno.test("course: transitions of the same second are in the order of their versions", () => {
  const history = [
    transition("PREPARING", 1000, { stateVersion: 2 }),
    transition("QUEUED", 1000, { stateVersion: 1 }),
    transition("FAILED", 1009, { stateVersion: 3 }),
  ];
  assert.deepEqual(courseOf(reply({ history })).spent, { queue: 0, active: 9, wait: undefined });
  const unversioned = [
    transition("FAILED", 1009),
    transition("PREPARING", 1000),
    transition("QUEUED", 1000),
  ];
  assert.deepEqual(courseOf(reply({ history: unversioned })).spent, {
    queue: 0,
    active: 9,
    wait: undefined,
  });
});

Deno.test("course: the server's word on what is terminal counts, then the states that are known", () => {
  const ends = (state: string, terminal: boolean | null) =>
    courseOf(reply({ state, history: [transition(state, 1000, { terminal })] })).hasEnded;
  assert.equal(ends("STOPPED", null), true);
  assert.equal(ends("STOPPED", false), false);
  assert.equal(ends("A_NEW_STATE", true), true);
  assert.equal(ends("A_NEW_STATE", null), false);
  const bare = (state: string, finished: boolean | null) =>
    courseOf(reply({ state, finished })).hasEnded;
  assert.equal(bare("A_NEW_STATE", true), true);
  assert.equal(bare("PLANNING", false), false);
  for (const state of ["CANCELED", "DISCARDED", "FAILED", "FINISHED", "SKIPPED", "STOPPED"]) {
    assert.equal(bare(state, null), true, state);
  }
});

Deno.test("course: a run that goes on after its end ended when it first did", () => {
  const history = [...LIFE, transition("QUEUED", 1300), transition("FAILED", 1400)];
  assert.deepEqual(courseOf(reply({ history, state: "FAILED", finished: true })), LIVED);
});

Deno.test("course: without a history there are no seconds", () => {
  for (const history of [null, [], [transition("FINISHED", 1000)]]) {
    assert.equal(courseOf(reply({ state: "FINISHED", history })).spent, undefined);
  }
});

Deno.test("course: of a history that lags behind the state no seconds are believed", () => {
  const course = courseOf(reply({ state: "FAILED", history: LIFE.slice(0, 3) }));
  assert.deepEqual([course.hasEnded, course.since, course.spent], [true, undefined, undefined]);
  assert.equal(course.isLagging, true);
  assert.equal(courseOf(reply({ state: "FAILED", history: null })).isLagging, false);
  assert.equal(courseOf(reply({ state: "PLANNING", history: LIFE.slice(0, 1) })).isLagging, false);
});

Deno.test("course: no history, however odd, gives negative seconds, too many, or a crash", () => {
  const odd = fc.record({
    state: fc.option(
      fc.constantFrom("QUEUED", "PLANNING", "UNCONFIRMED", "FAILED", "FINISHED", "?", ""),
    ),
    timestamp: fc.option(fc.nat(100)),
    terminal: fc.option(fc.boolean()),
    stateVersion: fc.option(fc.nat(5)),
  });
  const run = fc.record({
    state: fc.option(fc.constantFrom("QUEUED", "FAILED", "?")),
    finished: fc.option(fc.boolean()),
    history: fc.option(fc.array(odd)),
  });
  fc.assert(fc.property(run, (changes) => {
    const { spent } = courseOf(reply(changes));
    if (spent === undefined) return;
    const { active, queue, wait = 0 } = spent;
    for (const seconds of [active, queue, wait]) assert.ok(seconds >= 0);
    const times = (changes.history ?? []).flatMap(({ timestamp }) => timestamp ?? []);
    assert.ok(active + queue + wait <= Math.max(...times) - Math.min(...times));
  }));
});
