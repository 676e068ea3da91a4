import assert from "node:assert/strict";
import { type Run, TERMINAL_STATES } from "../../../src/demo/api/account.ts";
import { Simulation } from "../../../src/demo/life/simulation.ts";

const START = Date.UTC(2026, 10, 22, 12) / 1000;
const HOUR = 3600;

/** Lives for some hours and notes every transition that was reported. */
function live(hours: number): { simulation: Simulation; reported: Map<string, string[]> } {
  const reported = new Map<string, string[]>();
  const simulation = new Simulation({
    stacks: 200,
    workerPools: 4,
    workersPerPool: 5,
    seed: 3,
    startedAt: START,
    onTransition({ id, history }) {
      const states = reported.get(id) ?? [];
      states.push(history.at(-1)?.state ?? "");
      reported.set(id, states);
    },
  });
  for (let hour = 1; hour <= hours; hour++) simulation.advanceTo(START + hour * HOUR);
  return { simulation, reported };
}

Deno.test("every transition of a run is kept and reported, in order and up to one end", () => {
  const { simulation: { account }, reported } = live(6);
  assert.ok(account.runs.length > 1000, `${account.runs.length} runs`);
  for (const { id, createdAt, history } of account.runs) {
    const states = history.map(({ state }) => state);
    assert.equal(states[0], "QUEUED", id);
    assert.equal(history[0]?.timestamp, createdAt, id);
    const times = history.map(({ timestamp }) => timestamp);
    assert.deepEqual(times, times.toSorted((a, b) => a - b), id);
    const ends = history.flatMap(({ terminal }, index) => terminal ? [index] : []);
    assert.ok(ends.length === 0 || ends[0] === history.length - 1, `${id} goes on after its end`);
    assert.ok(history.every(({ state, terminal }) => terminal === TERMINAL_STATES.has(state)));
    if (createdAt > START) assert.deepEqual(reported.get(id), states, id);
  }
});

Deno.test("runs are of every kind and come to every end, and some wait for a person overnight", () => {
  const { runs } = live(72).simulation.account;
  const kinds = new Set(runs.map(({ type, driftDetection }) => `${type} ${driftDetection}`));
  assert.deepEqual([...kinds].sort(), [
    "PROPOSED false",
    "PROPOSED true",
    "TASK false",
    "TRACKED false",
  ]);
  const states = new Set(runs.flatMap(({ history }) => history.map(({ state }) => state)));
  for (const state of TERMINAL_STATES) assert.ok(state === "SKIPPED" || states.has(state), state);
  for (const state of ["UNCONFIRMED", "PENDING_REVIEW", "PERFORMING", "APPLYING"]) {
    assert.ok(states.has(state), state);
  }
  assert.ok(runs.some((run) => waited(run) > 6 * HOUR), "nobody is late");
  const decided = runs.flatMap(({ history }) => history).filter(({ username }) => username);
  assert.ok(decided.length > 10, "nobody decides anything");
});

Deno.test("runs have unique ids that sort by their creation", () => {
  const { runs } = live(2).simulation.account;
  assert.equal(new Set(runs.map(({ id }) => id)).size, runs.length);
  const byCreation = runs.toSorted((a, b) => a.createdAt - b.createdAt);
  const times = byCreation.map(({ id }) => id.slice(0, 10));
  assert.deepEqual(times, times.toSorted());
  assert.ok(runs.every(({ id }) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)));
});

function waited({ history }: Run): number {
  return history.reduce((total, { state, timestamp }, index) => {
    const next = history[index + 1];
    return state === "UNCONFIRMED" && next !== undefined
      ? total + next.timestamp - timestamp
      : total;
  }, 0);
}
