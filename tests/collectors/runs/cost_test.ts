import assert from "node:assert/strict";
import { RunsSetup } from "./runs_setup.ts";

/** Accounts by their runs a day, and how many requests an hour they may cost at most. */
const ACCOUNTS = [
  { runsPerDay: 100, most: 130 },
  { runsPerDay: 5000, most: 250 },
] as const;

const HOURS = 3;
const INTERVAL = 30;

/** Seconds that runs stay in each state; one in ten waits for a person for up to three hours. */
const LIFE = [["PREPARING", 20], ["PLANNING", 40], ["APPLYING", 60]] as const;

for (const { runsPerDay, most } of ACCOUNTS) {
  Deno.test(`runs: ${runsPerDay} a day cost at most ${most} requests an hour`, async () => {
    await using test = new RunsSetup();
    const due: (readonly [at: number, act: () => void])[] = [];
    const begin = test.now;
    for (let n = 0; n < runsPerDay / 24 * (HOURS + 3); n++) {
      let at = begin - 3 * 3600 + n * 86_400 / runsPerDay;
      due.push([at, () => {
        const run = test.create(`r${n}`);
        const waits = n % 10 === 0 ? [["UNCONFIRMED", (n * 7919) % 10_800] as const] : [];
        for (const [state, seconds] of [...LIFE.slice(0, 2), ...waits, ...LIFE.slice(2)]) {
          at += seconds;
          due.push([at, () => test.enter(run, state)]);
        }
        due.push([at += 10, () => test.enter(run, "FINISHED")]);
      }]);
    }
    const live = () => {
      due.sort(([a], [b]) => b - a);
      for (let next = due.at(-1); next !== undefined && next[0] <= test.now; next = due.at(-1)) {
        due.pop();
        next[1]();
        due.sort(([a], [b]) => b - a);
      }
    };
    live();
    await test.round();
    const first = test.server.requests.count();
    for (let second = 0; second < HOURS * 3600; second += INTERVAL) {
      await test.clock.advance(INTERVAL * 1000);
      live();
      await test.round();
    }
    const hourly = (test.server.requests.count() - first) / HOURS;
    assert.ok(hourly <= most, `${hourly} requests an hour`);
    assert.ok(hourly >= 120, `${hourly} requests an hour: not every round asked`);
  });
}
