import assert from "node:assert/strict";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { TimeLimit } from "../../src/spacelift/time_limit.ts";
import { CountingSignal } from "../support/counting_signal.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("a time limit aborts with a time-out of its own, and at its time", async () => {
  const clock = new FakeClock();
  using limit = new TimeLimit(clock, 1500, new AbortController().signal);
  await clock.advance(1499);
  assert.equal(limit.signal.aborted, false);
  await clock.advance(1);
  const { reason } = limit.signal;
  assert.ok(reason instanceof ApiError);
  assert.deepEqual([reason.reason, reason.message], [
    "timeout",
    "The API did not answer within 1s500ms",
  ]);
});

Deno.test("a time limit aborts with its parent, for the same reason", () => {
  const parent = new AbortController();
  using limit = new TimeLimit(new FakeClock(), 1000, parent.signal);
  parent.abort(new Error("shutting down"));
  assert.match(String(limit.signal.reason), /shutting down/);
});

Deno.test("a time limit below a parent that has aborted has aborted too", () => {
  const clock = new FakeClock();
  const parent = AbortSignal.abort(new Error("too late"));
  {
    using limit = new TimeLimit(clock, 1000, parent);
    assert.match(String(limit.signal.reason), /too late/);
  }
  assert.equal(clock.pending, 0, "a timer is left");
});

Deno.test("a thousand time limits leave no listener on their parent, and no timer", async () => {
  const clock = new FakeClock();
  const parent = new CountingSignal();
  for (let n = 0; n < 1000; n++) {
    using _limit = new TimeLimit(clock, 1000, parent.signal);
    assert.equal(parent.listeners, 1);
  }
  {
    using _late = new TimeLimit(clock, 1000, parent.signal);
    await clock.advance(1000);
  }
  assert.equal(parent.listeners, 0);
  assert.equal(clock.pending, 0);
});
