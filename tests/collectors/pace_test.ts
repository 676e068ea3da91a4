import assert from "node:assert/strict";
import { Pace } from "../../src/collectors/pace.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** Requests that are sent as fast as the pace allows. */
class Sender {
  readonly clock = new FakeClock();
  readonly pace = new Pace(this.clock);

  /** Sends so many requests, and returns the times at which they were sent, in milliseconds. */
  async send(count: number): Promise<number[]> {
    const times = [];
    for (let n = 0; n < count; n++) {
      await this.clock.advance(this.pace.take());
      times.push(this.clock.monotonic());
      this.pace.letThrough();
    }
    return times;
  }
}

Deno.test("a pace is a few requests at once, then four a second", async () => {
  const sender = new Sender();
  const times = await sender.send(14);
  assert.deepEqual(times, [...Array<number>(10).fill(0), 250, 500, 750, 1000]);
});

Deno.test("a rest earns a new burst, a short one a smaller one", async () => {
  const sender = new Sender();
  await sender.send(10);
  await sender.clock.advance(1000);
  assert.deepEqual(await sender.send(5), [1000, 1000, 1000, 1000, 1250]);
  await sender.clock.advance(60_000);
  assert.equal(new Set(await sender.send(10)).size, 1);
});

Deno.test("slow requests are not held up", async () => {
  const sender = new Sender();
  for (let n = 0; n < 30; n++) {
    assert.equal(sender.pace.take(), 0);
    sender.pace.letThrough();
    await sender.clock.advance(300);
  }
});

Deno.test("after the first refusal a pace is half of what was let through", async () => {
  const sender = new Sender();
  await sender.send(20);
  assert.equal(sender.clock.monotonic(), 2500);
  sender.pace.refused(7500);
  // 20 in ten seconds, so ten in ten seconds.
  const [first = 0, ...rest] = await sender.send(4);
  assert.equal(first, 10_000, "not before the wait is over");
  assert.deepEqual(rest.map((at) => at - first), [1000, 2000, 3000]);
});

Deno.test("each refusal slows a pace down, whatever was let through before, to a limit", async () => {
  const sender = new Sender();
  await sender.send(20);
  const gaps: number[] = [];
  for (let n = 0; n < 6; n++) {
    sender.pace.refused(0);
    const [first = 0, second = 0] = await sender.send(2);
    gaps.push(second - first);
  }
  assert.ok(
    gaps.every((gap, index) => index === 0 || gap > (gaps[index - 1] ?? 0) || gap === 5000),
  );
  assert.equal(gaps.at(-1), 5000);
});

Deno.test("a refusal is forgotten after an hour without another", async () => {
  const sender = new Sender();
  await sender.send(20);
  sender.pace.refused(0);
  await sender.clock.advance(3600_000 - 1);
  const [first = 0, second = 0] = await sender.send(2);
  assert.ok(second - first >= 250);
  await sender.clock.advance(3600_000);
  assert.equal(new Set(await sender.send(10)).size, 1);
});

Deno.test("what was let through before a rest says nothing of the present", async () => {
  const sender = new Sender();
  await sender.send(10);
  await sender.clock.advance(3600_000);
  await sender.send(10);
  sender.pace.refused(1000);
  const [first = 0, second = 0] = await sender.send(2);
  assert.equal(second - first, 250, "ten in a second, and never faster than usual");
});
