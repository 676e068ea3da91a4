import assert from "node:assert/strict";
import type { Fault } from "../api/faults.ts";
import { eventually } from "../support/eventually.ts";
import { UsualExporter } from "./usual_exporter.ts";

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
    await using exporter = await UsualExporter.start({
      background,
      flags: [`--partial-scrapes=${partial}`],
    });
    assert.deepEqual(await look(exporter), GOOD);
    await exporter.clock.advance(500);
    exporter.demo.faults.set("*", fault);
    const during = await watch(exporter, OUTAGE);
    assert.deepEqual({
      up: secondOf(during, ({ up }) => !up),
      spaceliftUp: secondOf(during, ({ spaceliftUp }) => spaceliftUp === 0),
      success: secondOf(during, ({ success }) => success === 0),
    }, outage);
    exporter.demo.faults.clear();
    const after = await watch(exporter, AFTERWARDS);
    assert.deepEqual({
      up: secondOf(after, ({ up }) => up),
      spaceliftUp: secondOf(after, ({ spaceliftUp }) => spaceliftUp === 1),
      success: secondOf(after, ({ success }) => success === 1),
    }, end);
    assert.deepEqual(after.at(-1), GOOD);
  });
}

Deno.test("strict with stacks: up is 0 at once, until the walk has recovered too", async () => {
  await using exporter = await UsualExporter.start({
    background: true,
    flags: ["--partial-scrapes=false"],
  });
  exporter.demo.faults.set("*", { status: 502 });
  const during = await watch(exporter, OUTAGE);
  assert.equal(secondOf(during, ({ up }) => !up), 1);
  exporter.demo.faults.clear();
  const after = await watch(exporter, 3 * AFTERWARDS);
  const recovered = secondOf(after, ({ up }) => up) ?? Infinity;
  assert.ok(recovered <= 90, `up again after ${recovered} s`);
  assert.deepEqual(after.at(-1), GOOD);
});

/** Scrapes once a second, and waits for each scrape as long as Prometheus then does. */
async function watch(exporter: UsualExporter, seconds: number): Promise<Seen[]> {
  const { clock, demo } = exporter;
  const seen: Seen[] = [];
  for (let second = 1; second <= seconds; second++) {
    // Of its second, a scrape leaves half a one for its answer to be sent.
    await clock.advance(500);
    let isDone = false;
    const looking = look(exporter).finally(() => isDone = true);
    await eventually(() => isDone || demo.requests.inFlight > 0, "nothing is asked");
    await clock.advance(500);
    seen.push(await looking);
  }
  return seen;
}

async function look(exporter: UsualExporter): Promise<Seen> {
  const { status, series } = await exporter.scrape({
    "x-prometheus-scrape-timeout-seconds": "1",
  });
  return {
    up: status === 200,
    spaceliftUp: series.get("spacelift_up"),
    success: series.get('spacelift_scrape_collector_success{collector="usage"}'),
  };
}

function secondOf(seen: readonly Seen[], isIt: (seen: Seen) => boolean): number | null {
  const index = seen.findIndex(isIt);
  return index < 0 ? null : index + 1;
}
