import assert from "node:assert/strict";
import { Pause } from "../src/pause.ts";
import { FakeClock } from "./support/fake_clock.ts";

/** When a pause of 2 to 10 seconds is over, which somebody hurries at these seconds. */
async function endOf(...hurryAt: number[]): Promise<number> {
  const clock = new FakeClock();
  const pause = new Pause(clock);
  for (const at of hurryAt) clock.after(at * 1000, () => pause.hurry());
  let end = NaN;
  const waiting = pause.wait(2000, 10_000, new AbortController().signal)
    .then(() => end = clock.monotonic() / 1000);
  await clock.advance(20_000);
  await waiting;
  assert.equal(clock.pending, 0, "a timer is left");
  return end;
}

Deno.test("Pause lasts its time, or until it is hurried, but not less than the least", async () => {
  assert.deepEqual([await endOf(), await endOf(5, 6), await endOf(1)], [10, 5, 2]);
});

Deno.test("Pause that was hurried before it began is short, and the one after it is not", async () => {
  const clock = new FakeClock();
  const pause = new Pause(clock);
  const { signal } = new AbortController();
  pause.hurry();
  for (const length of [2, 10]) {
    const start = clock.monotonic();
    let end = NaN;
    const waiting = pause.wait(2000, 10_000, signal).then(() => end = clock.monotonic());
    await clock.advance(15_000);
    await waiting;
    assert.equal((end - start) / 1000, length);
  }
});

Deno.test("Pause ends with its signal and leaves nothing behind", async () => {
  const clock = new FakeClock();
  const pause = new Pause(clock);
  for (const at of [1000, 5000]) {
    const stopping = new AbortController();
    const waiting = pause.wait(2000, 10_000, stopping.signal);
    await clock.advance(at);
    stopping.abort();
    await waiting;
    assert.equal(clock.pending, 0, "a timer is left");
  }
});
