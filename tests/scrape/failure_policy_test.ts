import assert from "node:assert/strict";
import type { Fault } from "../api/faults.ts";
import { ASKED_ON_SCRAPES, onlyCollectors } from "../support/start_exporter.ts";
import { UsualExporter } from "./usual_exporter.ts";

const USAGE = "PrometheusExporter_Usage";
const FAILED: Fault = { status: 502 };
const UNSUPPORTED: Fault = { errors: ["not available for machine sessions"] };

/** What befalls the API: nothing, or a fault of one operation or of all. */
const SITUATIONS: Readonly<Record<string, readonly [operation: string, Fault] | undefined>> = {
  "all good": undefined,
  "some failed": [USAGE, FAILED],
  "some unsupported": [USAGE, UNSUPPORTED],
  "all failed": ["*", FAILED],
  "all unsupported": ["*", UNSUPPORTED],
};

/** What is to come of it: the HTTP status, and for a 200 the value of `spacelift_up` and the rest. */
interface Answer {
  readonly status: 200 | 500;
  readonly up?: 0 | 1;
  /** Of the collector `usage`, whose data stands for all that is not fresh. */
  readonly success?: 0 | 1;
  readonly supported?: 0 | 1;
  readonly data?: "present" | "absent";
}

const GOOD: Answer = { status: 200, up: 1, success: 1, supported: 1, data: "present" };
const REFUSED: Answer = { status: 500 };

// situation, whether data is remembered, partial, strict
const POLICY: readonly (readonly [string, boolean, Answer, Answer])[] = [
  ["all good", false, GOOD, GOOD],
  ["all good", true, GOOD, GOOD],
  ["some failed", false, { ...GOOD, success: 0, data: "absent" }, REFUSED],
  ["some failed", true, { ...GOOD, success: 0 }, REFUSED],
  ["some unsupported", false, { ...GOOD, supported: 0, data: "absent" }, REFUSED],
  // What the account no longer tells is withdrawn, since nothing would show that it is old.
  ["some unsupported", true, { ...GOOD, supported: 0, data: "absent" }, REFUSED],
  ["all failed", false, REFUSED, REFUSED],
  ["all failed", true, { ...GOOD, up: 0, success: 0 }, REFUSED],
  ["all unsupported", false, REFUSED, REFUSED],
  ["all unsupported", true, REFUSED, REFUSED],
];

for (const [situation, remembered, partial, strict] of POLICY) {
  for (const [mode, expected] of [["partial", partial], ["strict", strict]] as const) {
    const memory = remembered ? "data remembered" : "nothing remembered";
    Deno.test(`failure policy: ${situation}, ${memory}, ${mode}: ${expected.status}`, async () => {
      await using exporter = await UsualExporter.start({
        flags: [`--partial-scrapes=${mode === "partial"}`],
      });
      if (remembered) assert.equal((await exporter.scrape()).status, 200);
      const [operation, fault] = SITUATIONS[situation] ?? [];
      if (operation !== undefined && fault !== undefined) {
        exporter.demo.faults.set(operation, fault);
      }
      await checkAnswer(exporter, expected, situation);
    });
  }
}

const STACKS = "PrometheusExporter_Stacks";

for (
  const [refusal, fault] of Object.entries({
    "unsupported": UNSUPPORTED,
    "unauthorized": { errors: ["unauthorized"] },
  })
) {
  Deno.test(`strict: a collector of ours that is ${refusal} from the start fails no scrape`, async () => {
    await using exporter = await UsualExporter.start({
      background: true,
      flags: ["--partial-scrapes=false"],
      prepare: (demo) => demo.faults.set(STACKS, fault),
    });
    const { status, text, series } = await exporter.scrape();
    assert.equal(status, 200, text);
    assert.equal(series.get("spacelift_up"), 1);
    exporter.demo.faults.set(USAGE, fault);
    const { status: later } = await exporter.scrape();
    assert.equal(later, 500, "one of the original collectors is refused");
  });

  Deno.test(`strict: a collector of ours that turns ${refusal} later fails the scrape`, async () => {
    await using exporter = await UsualExporter.start({
      background: true,
      flags: ["--partial-scrapes=false"],
    });
    assert.equal((await exporter.scrape()).status, 200);
    exporter.demo.faults.set(STACKS, fault);
    await exporter.untilWalkFails();
    assert.equal((await exporter.scrape()).status, 500);
  });
}

Deno.test("strict: a collector of ours that fails for another reason fails the scrape", async () => {
  await using exporter = await UsualExporter.start({
    background: true,
    flags: ["--partial-scrapes=false"],
    prepare: (demo) => demo.faults.set(STACKS, { errors: ["out of order"] }),
  });
  assert.equal((await exporter.scrape()).status, 500);
});

Deno.test("spacelift_up speaks of the walk where nothing is asked on scrapes", async () => {
  await using exporter = await UsualExporter.start({
    background: true,
    flags: onlyCollectors("stacks"),
  });
  const up = async () => (await exporter.scrape()).series.get("spacelift_up");
  assert.equal(await up(), 1);
  exporter.demo.faults.set(STACKS, FAILED);
  await exporter.untilWalkFails();
  assert.equal(await up(), 0, "remembered walks say nothing of the API");
});

async function checkAnswer(
  exporter: UsualExporter,
  expected: Answer,
  situation: string,
): Promise<void> {
  const { status, text, series } = await exporter.scrape();
  assert.equal(status, expected.status, text);
  if (status === 500) {
    const reason = situation.endsWith("failed") ? "unreachable" : "unsupported";
    const named = situation.startsWith("all") ? ASKED_ON_SCRAPES : ["usage"];
    const lines = text.split("\n").slice(0, -1);
    assert.deepEqual(
      lines.map((line) => line.split(": ").slice(0, 2).join(": ")),
      named.map((collector) => `${collector}: ${reason}`),
      "One line for each collector in trouble",
    );
    return;
  }
  const ofUsage = (family: string) => series.get(`${family}{collector="usage"}`);
  assert.equal(series.get("spacelift_up"), expected.up, "spacelift_up");
  assert.equal(ofUsage("spacelift_scrape_collector_success"), expected.success, "success");
  assert.equal(ofUsage("spacelift_scrape_collector_supported"), expected.supported, "supported");
  assert.equal(
    series.get("spacelift_current_billing_period_used_seats"),
    expected.data === "present" ? 7 : undefined,
    "The data of the collector",
  );
  assert.equal(series.get("spacelift_public_worker_pool_parallelism"), 10, "Its neighbour's data");
}
