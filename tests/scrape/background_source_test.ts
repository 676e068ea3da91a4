import assert from "node:assert/strict";
import { sleep } from "../../src/clock.ts";
import { BackgroundSource } from "../../src/scrape/background_source.ts";
import { CollectorFailures } from "../../src/scrape/health_families.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";

const INTERVAL = 60_000;

/** Runs a source for a while and gives the times at which its collector was asked, in seconds. */
async function startsWithin(seconds: number, options: {
  /** What the run of a number, from 0 on, does; by default it succeeds at once. */
  run?: (index: number, clock: FakeClock, signal: AbortSignal) => void | Promise<void>;
  random?: number;
}): Promise<number[]> {
  using _log = captureLog();
  const clock = new FakeClock();
  const starts: number[] = [];
  const source = new BackgroundSource("background", {
    async collect(signal) {
      starts.push(clock.monotonic() / 1000);
      await options.run?.(starts.length - 1, clock, signal);
      return { families: [] };
    },
    clock,
    failures: new CollectorFailures(["background"]),
    noteOutcome: () => {},
    schedule: {
      interval: INTERVAL,
      maxStaleness: 10 * INTERVAL,
      maxStalenessFlag: "--background-max-staleness",
    },
    random: () => options.random ?? 0.5,
  });
  const stopping = new AbortController();
  const running = source.run(stopping.signal);
  await clock.advance(seconds * 1000);
  stopping.abort();
  await running;
  assert.equal(clock.pending, 0, "A timer is left");
  return starts;
}

function fail(reason: "unreachable" | "unsupported" | "rate_limited", retryAfter?: number): never {
  throw new ApiError(reason, "Failed on purpose", { retryAfter });
}

Deno.test("BackgroundSource asks at its interval, give or take a tenth", async () => {
  assert.deepEqual(await startsWithin(200, {}), [0, 60, 120, 180]);
  assert.deepEqual(await startsWithin(200, { random: 0 }), [0, 54, 108, 162]);
  assert.deepEqual(await startsWithin(200, { random: 1 }), [0, 66, 132, 198]);
});

for (const duration of [1, 14, 15, 16, 30, 120]) {
  Deno.test(`BackgroundSource asks a fifth of the time at most, runs of ${duration} s`, async () => {
    const starts = await startsWithin(3000, {
      run: (_, clock, signal) => sleep(clock, duration * 1000, signal),
    });
    const period = Math.max(60 + duration, 5 * duration);
    assert.deepEqual(starts.slice(0, 4), [0, 1, 2, 3].map((index) => index * period));
    assert.ok(duration / period <= 0.2);
  });
}

Deno.test("BackgroundSource asks a fifth of the time at most when long runs fail", async () => {
  const starts = await startsWithin(100, {
    async run(_, clock, signal) {
      await sleep(clock, 10_000, signal);
      fail("unreachable");
    },
  });
  assert.deepEqual(starts, [0, 50, 100]);
});

Deno.test("BackgroundSource backs off to 30 s, half of each pause by chance", async () => {
  const run = () => fail("unreachable");
  const pauses = (starts: number[]) =>
    starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  assert.deepEqual(pauses(await startsWithin(130, { run, random: 1 })), [
    1,
    2,
    4,
    8,
    16,
    30,
    30,
    30,
  ]);
  assert.deepEqual(pauses(await startsWithin(62, { run, random: 0 })), [
    0.5,
    1,
    2,
    4,
    8,
    15,
    15,
    15,
  ]);
});

Deno.test("BackgroundSource backs off anew after a success", async () => {
  const run = (index: number) => index === 3 ? undefined : fail("unreachable");
  const starts = await startsWithin(75, { run, random: 1 });
  assert.deepEqual(starts, [0, 1, 3, 7, 73, 74]);
});

Deno.test("BackgroundSource obeys Retry-After, but is not hurried by it", async () => {
  const run = (ms: number) => () => fail("rate_limited", ms);
  assert.deepEqual(await startsWithin(250, { run: run(120_000), random: 1 }), [0, 120, 240]);
  assert.deepEqual(await startsWithin(7, { run: run(0), random: 1 }), [0, 1, 3, 7]);
});

Deno.test("BackgroundSource asks what is unsupported at its interval", async () => {
  assert.deepEqual(await startsWithin(130, { run: () => fail("unsupported") }), [0, 60, 120]);
});

Deno.test("BackgroundSource lives on when its collector has a bug", async () => {
  const run = () => {
    throw new TypeError("A bug");
  };
  assert.deepEqual(await startsWithin(8, { run, random: 1 }), [0, 1, 3, 7]);
});
