import assert from "node:assert/strict";
import { sleep } from "../../src/clock.ts";
import { eventually } from "./eventually.ts";
import { FakeClock } from "./fake_clock.ts";

Deno.test("advance() calls what falls due in order, at its own time, and nothing else", async () => {
  const clock = new FakeClock();
  const calls: string[] = [];
  const note = (name: string) => () => calls.push(`${name} at ${clock.monotonic()}`);
  clock.after(20, note("later"));
  clock.after(10, note("sooner"));
  clock.after(10, note("second of equals"));
  clock.after(31, note("never"));
  const cancel = clock.after(15, note("cancelled"));
  cancel();
  await clock.advance(30);
  assert.deepEqual(calls, ["sooner at 10", "second of equals at 10", "later at 20"]);
  assert.equal(clock.monotonic(), 30);
  assert.equal(clock.pending, 1);
});

Deno.test("advance() lets asynchronous work schedule more within the same time", async () => {
  const clock = new FakeClock();
  const times: number[] = [];
  const loop = async () => {
    for (let n = 0; n < 3; n++) {
      await sleep(clock, 10, new AbortController().signal);
      times.push(clock.monotonic());
    }
  };
  const looped = loop();
  await clock.advance(30);
  assert.deepEqual(times, [10, 20, 30]);
  await looped;
});

Deno.test("advance() waits for work that takes real time before it calls what falls due", async () => {
  const clock = new FakeClock();
  const calls: string[] = [];
  let working = 0;
  const work = () => {
    working++;
    setTimeout(() => {
      calls.push("work is done");
      working--;
    }, 50);
  };
  const release = clock.standStillWhile(() => working > 0);
  clock.after(10, work);
  clock.after(20, () => calls.push("time is out"));
  await clock.advance(20);
  assert.deepEqual(calls, ["work is done", "time is out"]);
  release();
  clock.after(10, work);
  clock.after(20, () => calls.push("time is out"));
  await clock.advance(20);
  assert.deepEqual(calls.slice(2), ["time is out"]);
  await eventually(() => working === 0, "The work does not end");
});

Deno.test("stepWall() moves the time of day and nothing else", async () => {
  const clock = new FakeClock(1_000_000);
  clock.stepWall(-86_400_000);
  await clock.advance(5);
  assert.equal(clock.wall(), 1_000_000 - 86_400_000 + 5);
  assert.equal(clock.monotonic(), 5);
});

Deno.test("a clock says what is waiting: how many callbacks, of which kind, and until when", async () => {
  const clock = new FakeClock();
  assert.deepEqual([clock.pending, clock.untilNext], [0, NaN]);
  const cancel = clock.after(30, () => {});
  clock.after(30, () => {});
  clock.after(50, () => {});
  await clock.advance(10);
  assert.deepEqual([clock.pending, clock.untilNext], [3, 20]);
  assert.deepEqual([20, 30, 50].map((ms) => clock.pendingOf(ms)), [0, 2, 1]);
  cancel();
  await clock.advance(30);
  assert.deepEqual([clock.pending, clock.untilNext], [1, 10]);
  assert.deepEqual([30, 50].map((ms) => clock.pendingOf(ms)), [0, 1]);
});
