import assert from "node:assert/strict";
import type { Fault } from "../api/faults.ts";
import { saasAccount } from "../support/accounts.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../support/start_exporter.ts";

/** How an exporter looks from outside at one moment. */
interface Seen {
  readonly up: boolean;
  readonly spaceliftUp: number | undefined;
  readonly success: number | undefined;
}

/** Seconds from the beginning of an outage, or from its end, to each sign of it; null for never. */
interface Times {
  readonly up: number | null;
  readonly spaceliftUp: number | null;
  readonly success: number | null;
}

const GOOD: Seen = { up: true, spaceliftUp: 1, success: 1 };

/** How long the outage lasts, and how long its end is watched, in seconds. */
const OUTAGE = 150;
const AFTERWARDS = 45;

/** What docs/operation.md says, in seconds: partial or strict, and the collectors in the background. */
const TABLE: readonly {
  readonly partial: boolean;
  readonly background: boolean;
  readonly outage: Times;
  readonly end: Times;
}[] = [
  {
    partial: true,
    background: true,
    outage: { up: 120, spaceliftUp: 1, success: 1 },
    end: { up: 1, spaceliftUp: 1, success: 1 },
  },
  {
    partial: true,
    background: false,
    outage: { up: 120, spaceliftUp: 1, success: 1 },
    end: { up: 1, spaceliftUp: 1, success: 1 },
  },
  {
    partial: false,
    background: false,
    outage: { up: 1, spaceliftUp: null, success: null },
    end: { up: 1, spaceliftUp: 1, success: 1 },
  },
];

/** What the API does instead of answering well. */
const TROUBLES: Readonly<Record<string, Fault>> = {
  "HTTP 502": { status: 502 },
  "no answer": { hang: true },
};

const CASES = TABLE.flatMap((row) =>
  Object.entries(TROUBLES).map(([trouble, fault]) => ({ ...row, trouble, fault }))
);

for (const { partial, background, outage, end, trouble, fault } of CASES) {
  const mode = `${partial ? "partial" : "strict"}, stacks ${background ? "on" : "off"}, ${trouble}`;
  Deno.test(`an outage shows when documented, and so does its end: ${mode}`, async () => {
    using _log = captureLog();
    const clock = new FakeClock();
    await using test = startExporter({
      account: saasAccount(),
      clock,
      background,
      flags: [`--partial-scrapes=${partial}`],
    });
    if (background) {
      await eventually(() => test.peek("stacks")?.lastSuccess !== undefined, "no walk ends");
    }
    assert.deepEqual(await look(test), GOOD);
    await clock.advance(500);
    test.demo.faults.set("*", fault);
    const during = await watch(test, clock, OUTAGE);
    assert.deepEqual({
      up: secondOf(during, ({ up }) => !up),
      spaceliftUp: secondOf(during, ({ spaceliftUp }) => spaceliftUp === 0),
      success: secondOf(during, ({ success }) => success === 0),
    }, outage);
    test.demo.faults.clear();
    const after = await watch(test, clock, AFTERWARDS);
    assert.deepEqual({
      up: secondOf(after, ({ up }) => up),
      spaceliftUp: secondOf(after, ({ spaceliftUp }) => spaceliftUp === 1),
      success: secondOf(after, ({ success }) => success === 1),
    }, end);
    assert.deepEqual(after.at(-1), GOOD);
  });
}

Deno.test("strict with stacks: up is 0 at once, until the walk has recovered too", async () => {
  using _log = captureLog();
  const clock = new FakeClock();
  await using test = startExporter({
    account: saasAccount(),
    clock,
    background: true,
    flags: ["--partial-scrapes=false"],
  });
  await eventually(() => test.peek("stacks")?.lastSuccess !== undefined, "no walk ends");
  test.demo.faults.set("*", { status: 502 });
  const during = await watch(test, clock, OUTAGE);
  assert.equal(secondOf(during, ({ up }) => !up), 1);
  test.demo.faults.clear();
  const after = await watch(test, clock, 3 * AFTERWARDS);
  const recovered = secondOf(after, ({ up }) => up) ?? Infinity;
  assert.ok(recovered <= 90, `up again after ${recovered} s`);
  assert.deepEqual(after.at(-1), GOOD);
});

/** Scrapes once a second, and waits for each scrape as long as Prometheus then does. */
async function watch(test: TestExporter, clock: FakeClock, seconds: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let second = 1; second <= seconds; second++) {
    // Of its second, a scrape leaves half a one for its answer to be sent.
    await clock.advance(500);
    let isDone = false;
    const looking = look(test).finally(() => isDone = true);
    await eventually(() => isDone || test.demo.requests.inFlight > 0, "nothing is asked");
    await clock.advance(500);
    seen.push(await looking);
  }
  return seen;
}

async function look(test: TestExporter): Promise<Seen> {
  const response = await test.get({ "x-prometheus-scrape-timeout-seconds": "1" });
  const text = await response.text();
  if (response.status !== 200) return { up: false, spaceliftUp: undefined, success: undefined };
  const series = seriesOf(parseExposition(text, "text"));
  return {
    up: true,
    spaceliftUp: series.get("spacelift_up"),
    success: series.get('spacelift_scrape_collector_success{collector="usage"}'),
  };
}

function secondOf(seen: readonly Seen[], isIt: (seen: Seen) => boolean): number | null {
  const index = seen.findIndex(isIt);
  return index < 0 ? null : index + 1;
}
