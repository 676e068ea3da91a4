import assert from "node:assert/strict";
import { mock } from "node:test";
import { secondsSince, sleep, systemClock } from "../src/clock.ts";
import { CountingSignal } from "./support/counting_signal.ts";
import { FakeClock } from "./support/fake_clock.ts";

Deno.test("sleep() resolves when its time has come, and leaves no timer or listener", async () => {
  const clock = new FakeClock();
  const long = new CountingSignal();
  let awake = false;
  const slept = sleep(clock, 100, long.signal).then(() => awake = true);
  await clock.advance(99);
  assert.equal(awake, false);
  await clock.advance(1);
  await slept;
  assert.equal(clock.pending, 0);
  assert.equal(long.listeners, 0);
});

Deno.test("sleep() rejects with the signal's reason as soon as that aborts", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const slept = sleep(clock, 100, controller.signal);
  controller.abort(new Error("woken"));
  await assert.rejects(slept, /woken/);
  assert.equal(clock.pending, 0, "the timer was left behind");
});

Deno.test("sleep() rejects, and does not throw, when the signal has aborted before", async () => {
  const slept = sleep(new FakeClock(), 100, AbortSignal.abort(new Error("too late")));
  await assert.rejects(slept, /too late/);
});

Deno.test("secondsSince() counts in whole microseconds", async () => {
  const clock = new FakeClock();
  const start = clock.monotonic();
  await clock.advance(1234.5678);
  assert.equal(secondsSince(clock, start), 1.234568);
});

Deno.test("the machine's clock waits for longer than its timers can", () => {
  const month = 31 * 24 * 3_600_000;
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    let calls = 0;
    systemClock.after(month, () => calls++);
    const cancel = systemClock.after(month, () => calls++);
    mock.timers.tick(2 ** 31 - 1);
    mock.timers.tick(month - 2 ** 31);
    assert.equal(calls, 0, "called too early");
    cancel();
    mock.timers.tick(1);
    assert.equal(calls, 1);
  } finally {
    mock.timers.reset();
  }
});
