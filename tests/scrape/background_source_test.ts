import assert from "node:assert/strict";
import { sleep } from "../../src/clock.ts";
import type { OnTrouble } from "../../src/collectors/collector.ts";
import { BackgroundSource } from "../../src/scrape/background_source.ts";
import { CollectorFailures } from "../../src/scrape/health_families.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { captureLog } from "../support/capture_log.ts";
import { FakeClock } from "../support/fake_clock.ts";

const INTERVAL = 60_000;

const SCHEDULE = {
  interval: INTERVAL,
  maxStalenessFlag: "--background-max-staleness",
  claims: [],
};

/** Runs a source for a while and gives the times at which its collector was asked, in seconds. */
async function startsWithin(seconds: number, options: {
  /** What the run of a number, from 0 on, does; by default it succeeds at once. */
  run?: (
    index: number,
    clock: FakeClock,
    signal: AbortSignal,
    onTrouble: OnTrouble,
  ) => void | Promise<void>;
  random?: number;
  /** When somebody is in a hurry, in seconds. */
  hurryAt?: readonly number[];
}): Promise<number[]> {
  using _log = captureLog();
  const clock = new FakeClock();
  const starts: number[] = [];
  const source = new BackgroundSource("background", {
    async collect(signal, onTrouble = () => {}) {
      starts.push(clock.monotonic() / 1000);
      await options.run?.(starts.length - 1, clock, signal, onTrouble);
      return { families: [] };
    },
    clock,
    failures: new CollectorFailures(["background"]),
    noteOutcome: () => {},
    schedule: { ...SCHEDULE, maxStaleness: 10 * INTERVAL },
    random: () => options.random ?? 0.5,
  });
  const stopping = new AbortController();
  const cancels = options.hurryAt?.map((at) => clock.after(at * 1000, () => source.hurry()));
  const running = source.run(stopping.signal);
  await clock.advance(seconds * 1000);
  for (const cancel of cancels ?? []) cancel();
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

Deno.test("BackgroundSource asks early for who is in a hurry, but five seconds after the last time", async () => {
  assert.deepEqual(await startsWithin(50, { hurryAt: [20] }), [0, 20]);
  assert.deepEqual(await startsWithin(90, { hurryAt: [20] }), [0, 20, 80]);
  assert.deepEqual(await startsWithin(30, { hurryAt: [1, 2, 3, 4] }), [0, 5]);
  assert.deepEqual(await startsWithin(19, { hurryAt: [6, 7, 8, 12] }), [0, 6, 11, 16]);
});

Deno.test("BackgroundSource asks a fifth of the time at most, whoever is in a hurry", async () => {
  const hurryAt = Array.from({ length: 300 }, (_, second) => second + 0.5);
  const run = (_: number, clock: FakeClock, signal: AbortSignal) => sleep(clock, 3000, signal);
  assert.deepEqual(await startsWithin(50, { hurryAt, run }), [0, 15, 30, 45]);
});

Deno.test("BackgroundSource is in no hurry after trouble", async () => {
  const run = (index: number) => index === 0 ? fail("rate_limited", 40_000) : undefined;
  assert.deepEqual(await startsWithin(50, { hurryAt: [1, 10, 20], run }), [0, 40]);
});

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

Deno.test("BackgroundSource does not take waiting for the API for time that was spent on it", async () => {
  const starts = await startsWithin(200, {
    async run(index, clock, signal, onTrouble) {
      if (index > 0) return;
      onTrouble(new ApiError("unreachable", "Failed on purpose"), 20_000);
      await sleep(clock, 20_000 + 1000, signal);
    },
  });
  assert.deepEqual(starts, [0, 81, 141]);
});

/** A source whose rounds take as long as they are told to. */
class Rounds implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly failures = new CollectorFailures(["background"]);
  readonly source: BackgroundSource;
  duration: number;
  error: ApiError | undefined;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: { duration: number; interval?: number; maxStaleness?: number }) {
    const { interval = INTERVAL, maxStaleness } = options;
    this.duration = options.duration;
    this.source = new BackgroundSource("background", {
      collect: async (signal) => {
        await sleep(this.clock, this.duration, signal);
        if (this.error !== undefined) throw this.error;
        return { families: [] };
      },
      clock: this.clock,
      failures: this.failures,
      noteOutcome: () => {},
      schedule: { ...SCHEDULE, interval, maxStaleness },
      random: () => 0.5,
    });
    this.#running = this.source.run(this.#stopping.signal);
  }

  async stale(): Promise<number> {
    const { samples } = await this.failures.read();
    return samples.find(({ labelValues: [, reason] }) => reason === "stale")?.value ?? NaN;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}

for (
  const [duration, interval] of [
    [1_000, INTERVAL],
    [200_000, INTERVAL],
    [420_000, INTERVAL],
    [1_000, 3600_000],
    [900_000, 24 * 3600_000],
  ] as const
) {
  Deno.test(`data of rounds of ${duration / 1000} s every ${interval / 1000} s has no gaps by default`, async () => {
    using log = captureLog();
    await using rounds = new Rounds({ duration, interval });
    await rounds.clock.advance(duration);
    const period = Math.max(interval, 4 * duration) + duration;
    for (let step = 0; step < 60; step++) {
      const { data, failure } = await rounds.source.ask();
      assert.notEqual(data, undefined, `a gap after ${rounds.clock.monotonic() / 1000} s`);
      assert.equal(failure, undefined);
      await rounds.clock.advance(period / 20);
    }
    assert.deepEqual(log.records.filter((line) => line.includes("warn")), []);
  });
}

for (
  const [duration, interval, expected] of [
    [1_000, INTERVAL, 600_000],
    [120_000, INTERVAL, 1_200_000],
    [10_000, 3600_000, 7_940_000],
  ] as const
) {
  Deno.test(`rounds of ${duration / 1000} s every ${interval / 1000} s are served for ${expected / 1000} s`, async () => {
    using _log = captureLog();
    await using rounds = new Rounds({ duration, interval });
    await rounds.clock.advance(duration);
    rounds.error = new ApiError("unreachable", "Failed on purpose");
    await rounds.clock.advance(expected - duration - 1);
    assert.notEqual((await rounds.source.ask()).data, undefined, "withdrawn too early");
    await rounds.clock.advance(1);
    assert.equal((await rounds.source.ask()).data, undefined, "served too long");
  });
}

Deno.test("a collector whose data was withdrawn is stale for as long as it delivers nothing", async () => {
  using log = captureLog();
  await using rounds = new Rounds({ duration: 0, maxStaleness: 2 * INTERVAL });
  await rounds.clock.advance(1000);
  assert.equal((await rounds.source.ask()).failure, undefined);
  rounds.duration = 10 * INTERVAL;
  await rounds.clock.advance(2 * INTERVAL - 1001);
  assert.equal((await rounds.source.ask()).failure, undefined, "just before it is too old");
  assert.equal(await rounds.stale(), 0);
  await rounds.clock.advance(1);
  for (let scrape = 1; scrape <= 3; scrape++) {
    const { data, failure } = await rounds.source.ask();
    assert.equal(data, undefined);
    assert.equal(failure?.reason, "stale");
    assert.equal(await rounds.stale(), scrape);
  }
  assert.equal(rounds.source.peek().failure?.reason, "stale");
  assert.equal(await rounds.stale(), 3, "looking counted as a scrape");
  assert.equal(log.records.filter((line) => line.includes("too old")).length, 1, log.text);
});

Deno.test("before the first round there is nothing to be stale", async () => {
  await using rounds = new Rounds({ duration: 3600_000 });
  await rounds.clock.advance(30 * INTERVAL);
  const { data, failure } = await rounds.source.ask();
  assert.deepEqual([data, failure], [undefined, undefined]);
});

Deno.test("gaps between rounds are warned of once, with what closes them, and again after they were closed", async () => {
  using log = captureLog();
  await using rounds = new Rounds({ duration: 30_000, maxStaleness: 3 * INTERVAL });
  const warnings = () => log.records.filter((line) => line.includes("Rounds take too long"));
  const told = [];
  for (const duration of [30_000, 20_000, 31_500]) {
    rounds.duration = duration;
    await rounds.clock.advance(20 * INTERVAL);
    told.push(warnings().length);
  }
  assert.deepEqual(told, [0, 0, 1]);
  assert.match(warnings()[0] ?? "", /--background-max-staleness 3m: .* raise it to at least 189s/);
  for (const duration of [20_000, 31_500]) {
    rounds.duration = duration;
    await rounds.clock.advance(20 * INTERVAL);
    told.push(warnings().length);
  }
  assert.deepEqual(told, [0, 0, 1, 1, 2]);
});
