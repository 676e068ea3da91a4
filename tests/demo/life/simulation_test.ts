import assert from "node:assert/strict";
import fc from "fast-check";
import { parseArguments } from "../../../src/cli/parse.ts";
import type { Account, Stack } from "../../../src/demo/api/account.ts";
import { Simulation, type SimulationOptions } from "../../../src/demo/life/simulation.ts";

const START = Date.UTC(2026, 10, 22, 12) / 1000;
const HOUR = 3600;

function simulate(options: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({
    stacks: 300,
    workerPools: 10,
    workersPerPool: 3,
    seed: 1,
    startedAt: START,
    ...options,
  });
}

/** Lives for some time and collects what `look` sees every ten seconds. */
function watch<T>(simulation: Simulation, seconds: number, look: (account: Account) => T): T[] {
  const seen: T[] = [];
  for (let second = 0; second <= seconds; second += 10) {
    simulation.advanceTo(START + second);
    seen.push(look(simulation.account));
  }
  return seen;
}

Deno.test("the same seed, start and number of steps give the same account, however it got there", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 5 }),
      (seed, strides) => {
        const [one, other] = [simulate({ seed }), simulate({ seed })];
        let now = START;
        for (const stride of strides) one.advanceTo(now += stride);
        other.advanceTo(now);
        assert.equal(JSON.stringify(one.account), JSON.stringify(other.account));
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("another seed gives another account", () => {
  assert.notDeepEqual(simulate({ seed: 1 }).account, simulate({ seed: 2 }).account);
});

Deno.test("an account has the size asked for, with unique ids and known spaces", () => {
  const { account } = simulate({ stacks: 2000, workerPools: 40, workersPerPool: 5 });
  const spaces = new Set(account.spaces.map(({ id }) => id));
  assert.equal(new Set(account.stacks.map(({ id }) => id)).size, 2000);
  assert.equal(new Set(account.workerPools.map(({ id }) => id)).size, 40);
  assert.ok(account.workerPools.every(({ workers }) => workers.length === 5));
  assert.ok(account.stacks.every(({ id, space }) => /^[a-z0-9-]+$/.test(id) && spaces.has(space)));
  assert.equal(new Set(account.stacks.map(({ space }) => space)).size, spaces.size);
  const first = account.stacks[0];
  assert.deepEqual([first?.id, first?.space], ["infrastructure-prod", "root"]);
});

Deno.test("runs queue, keep workers busy and finish; workers drain and come back", () => {
  const seen = watch(simulate(), HOUR, ({ workerPools, publicWorkerPool, runDurations }) => ({
    pending: total(workerPools.map((pool) => pool.pendingRuns)),
    busy: total(workerPools.map((pool) => pool.busyWorkers)),
    drained: total(workerPools.map(({ workers }) => workers.filter((w) => w.drained).length)),
    publicBusy: publicWorkerPool?.busyWorkers,
    duration: runDurations.at(-1),
  }));
  for (const figure of ["pending", "busy", "drained", "publicBusy", "duration"] as const) {
    const values = new Set(seen.map((moment) => moment[figure]));
    assert.ok(values.size > 3, `${figure} hardly changes in an hour: ${[...values]}`);
  }
});

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

Deno.test("a pool's figures agree with its workers at every moment", () => {
  watch(simulate(), HOUR, ({ workerPools, publicWorkerPool }) => {
    for (const { name, busyWorkers, pendingRuns, workers } of workerPools) {
      assert.equal(busyWorkers, workers.filter(({ busy }) => busy).length, name);
      const idle = workers.some(({ busy, drained }) => !busy && !drained);
      assert.ok(pendingRuns === 0 || !idle, `${name} lets runs wait beside an idle worker`);
    }
    const { busyWorkers = 0, parallelism = 0 } = publicWorkerPool ?? {};
    assert.ok(busyWorkers >= 0 && busyWorkers <= parallelism, `${busyWorkers} of ${parallelism}`);
  });
});

Deno.test("stacks pass through every common state and agree with themselves", () => {
  const states = new Set<string>();
  watch(simulate(), HOUR, ({ stacks }) => {
    for (const stack of stacks) {
      states.add(stack.state);
      assert.equal(stack.isDrifted, stack.driftedCount > 0, stack.id);
      assert.ok(stack.driftedCount <= stack.entityCount, stack.id);
      assert.equal(stack.blocked, stack.state === "UNCONFIRMED", stack.id);
    }
  });
  const expected = ["APPLYING", "CONFIRMED", "DISCARDED", "FAILED", "FINISHED", "INITIALIZING"];
  expected.push("NONE", "PLANNING", "PREPARING", "PREPARING_APPLY", "STOPPED", "UNCONFIRMED");
  assert.deepEqual([...states].sort(), expected);
});

Deno.test("stacks drift and are healed, are locked and unlocked", () => {
  const changes = new Set<string>();
  let before: Stack[] = [];
  watch(simulate(), HOUR, ({ stacks }) => {
    for (const [index, { isDrifted, lockedAt }] of before.entries()) {
      const now = stacks[index];
      changes.add(`drifted ${isDrifted} to ${now?.isDrifted}`);
      changes.add(`locked ${lockedAt !== null} to ${now?.lockedAt !== null}`);
    }
    before = structuredClone(stacks);
  });
  for (const change of ["false to true", "true to false"]) {
    assert.ok(changes.has(`drifted ${change}`), `No stack went from drifted ${change}`);
    assert.ok(changes.has(`locked ${change}`), `No stack went from locked ${change}`);
  }
});

Deno.test("a state is as old as its stateSetAt says", () => {
  const simulation = simulate();
  const before = new Map(simulation.account.stacks.map(({ id, state }) => [id, state]));
  simulation.advanceTo(START + 60);
  const changed = simulation.account.stacks.filter(({ id, state }) => before.get(id) !== state);
  assert.ok(changed.length > 0, "No stack changed its state in a minute");
  for (const { id, stateSetAt } of changed) {
    assert.ok(stateSetAt !== null && stateSetAt > START && stateSetAt <= START + 60, id);
  }
});

Deno.test("usage grows with busy workers and begins anew with the month", () => {
  const startedAt = Date.UTC(2026, 11, 31, 23, 30) / 1000;
  const newYear = Date.UTC(2027, 0) / 1000;
  const simulation = simulate({ startedAt });
  const start = { ...simulation.account.usage };
  assert.equal(start.billingPeriodStart, Date.UTC(2026, 11) / 1000);
  simulation.advanceTo(newYear - 1);
  const last = { ...simulation.account.usage };
  assert.ok(last.usedPrivateMinutes > start.usedPrivateMinutes, "Private minutes stand still");
  assert.ok(last.usedPublicMinutes > start.usedPublicMinutes, "Public minutes stand still");
  assert.equal(last.billingPeriodEnd, newYear);
  simulation.advanceTo(newYear);
  assert.deepEqual(simulation.account.usage, {
    ...last,
    billingPeriodStart: newYear,
    billingPeriodEnd: Date.UTC(2027, 1) / 1000,
    usedPrivateMinutes: 0,
    usedPublicMinutes: 0,
    usedSeats: 1,
  });
});

Deno.test("time that has passed changes nothing, and a long gap is not lived through in full", () => {
  const simulation = simulate({ startedAt: START });
  const before = JSON.stringify(simulation.account);
  simulation.advanceTo(START - HOUR);
  assert.equal(JSON.stringify(simulation.account), before);
  const year = 365 * 24 * HOUR;
  simulation.advanceTo(START + year);
  const { usage, stacks } = simulation.account;
  assert.equal(usage.billingPeriodEnd, Date.UTC(2027, 11) / 1000);
  const newest = Math.max(...stacks.map(({ stateSetAt }) => stateSetAt ?? 0));
  assert.ok(newest > START + year - 60, "Nothing has happened lately");
});

Deno.test("an account of any size lives, down to nothing at all", () => {
  for (const stacks of [0, 1, 20_000]) {
    for (const workerPools of [0, 1]) {
      for (const workersPerPool of [0, 2]) {
        const simulation = simulate({ stacks, workerPools, workersPerPool });
        simulation.advanceTo(START + 600);
        assert.equal(simulation.account.stacks.length, stacks);
      }
    }
  }
});

Deno.test("within a minute of the start a run fails, one waits for a person, and a stack drifts", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const simulation = simulate({ seed, workerPools: 4, workersPerPool: 5 });
    const before = new Map(
      simulation.account.stacks.map(({ id, isDrifted }) => [id, isDrifted] as const),
    );
    const seen = new Set<string>();
    for (let second = 1; second <= 60; second++) {
      simulation.advanceTo(START + second);
      for (const { id, state, stateSetAt, isDrifted } of simulation.account.stacks) {
        if ((stateSetAt ?? 0) > START) seen.add(state);
        if (isDrifted && before.get(id) === false) seen.add("drift");
      }
    }
    for (const what of ["FAILED", "UNCONFIRMED", "drift"]) {
      assert.ok(seen.has(what), `seed ${seed}: no ${what}, only ${[...seen]}`);
    }
  }
});

Deno.test("the demo as it starts by default has something of every kind to show at any time", () => {
  const { simulation: sizes } = settingsOfDemo();
  const seen = watch(simulate(sizes), 600, ({ stacks, workerPools }) => ({
    waiting: workerPools.some(({ pendingRuns }) => pendingRuns > 0),
    failed: stacks.some(({ state }) => state === "FAILED"),
    unconfirmed: stacks.some(({ state }) => state === "UNCONFIRMED"),
    drifted: stacks.some(({ isDrifted }) => isDrifted),
  }));
  const whole = { waiting: true, failed: true, unconfirmed: true, drifted: true };
  for (const [index, moment] of seen.entries()) assert.deepEqual(moment, whole, `${index * 10} s`);
});

function settingsOfDemo() {
  const parsed = parseArguments(["demo"], () => undefined);
  assert.ok(parsed.command === "demo");
  return parsed.settings;
}
