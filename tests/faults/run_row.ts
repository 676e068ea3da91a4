import assert from "node:assert/strict";
import { stackMetrics } from "../../src/collectors/stacks/metrics.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { stacks } from "../../src/collectors/stacks/collector.ts";
import type { SimulatedApi } from "../api/simulated_api.ts";
import type { Format } from "../../src/metrics/write_family.ts";
import { REASONS } from "../../src/spacelift/api_error.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { settingsOf } from "../support/settings_of.ts";
import { ASKED_ON_SCRAPES } from "../support/start_exporter.ts";
import { BODY_CANARY, type FaultRow, type Outcome, SECRET_CANARY, USAGE } from "./fault_row.ts";
import { type Answer, Stage } from "./stage.ts";

const FORMATS: readonly Format[] = ["text", "openmetrics"];

/** How long the scrape of a row took in milliseconds, by format. */
export type Times = ReadonlyMap<Format, number>;

/** Families that take the place of others, with `--stacks-totals`. */
const WITH_TOTALS = namesOf(stackMetrics(true)).difference(namesOf(stackMetrics(false)));

/** The collectors in the order of the exporter, with the families that each may deliver. */
const FAMILIES: readonly (readonly [string, readonly string[]])[] = COLLECTORS.map((
  { name, families },
) => [name, families.map(({ name }) => name)]);

/** Plays one row in partial or strict mode; throws when it goes otherwise than expected. */
export async function runRow(row: FaultRow, partial: boolean): Promise<Times> {
  // Only a row in which something happens before or after the scrape needs a stage for each format.
  const hasStory = row.before !== undefined || row.after !== undefined;
  const parts = hasStory ? FORMATS.map((format) => [format]) : [FORMATS];
  const times = new Map<Format, number>();
  for (const formats of parts) {
    for (const [format, ms] of await runOnStage(row, { partial, formats })) times.set(format, ms);
  }
  return times;
}

async function runOnStage(
  row: FaultRow,
  { partial, formats }: { partial: boolean; formats: readonly Format[] },
): Promise<Times> {
  const { operation = USAGE, fault, raw, rawTimes = Infinity } = row;
  const setFault = (demo: SimulatedApi) => {
    if (fault !== undefined) demo.faults.set(operation, fault(), row.scope);
  };
  await using stage = await Stage.start({
    ...row.stage,
    partial,
    prepare: setFault,
    raw: raw && { operation, script: raw, times: rawTimes },
  });
  await stage.walked();
  await row.before?.(stage);
  const times = new Map<Format, number>();
  for (const format of formats) {
    const answer = await stage.scrape({ format });
    // A body is a stream that can be sent once.
    setFault(stage.demo);
    times.set(format, answer.ms);
    await checkNothingIsLeft(stage);
    checkAnswer(answer, row, { partial, format });
    await row.after?.(stage);
    checkSecrets(stage, answer);
  }
  checkLog(stage, row.outcome);
  return times;
}

function checkAnswer(
  answer: Answer,
  row: FaultRow,
  { partial, format }: { partial: boolean; format: Format },
): void {
  const { outcome } = row;
  assert.equal(answer.status, partial ? outcome.partial : outcome.strict, answer.text);
  const withStacks = row.stage?.stacks ?? false;
  const collectors = FAMILIES.filter(([name]) =>
    ASKED_ON_SCRAPES.includes(name) || (name === stacks.name && withStacks)
  );
  const failed = new Map<string, string>(Object.entries(outcome.failed));
  if (answer.status === 500) {
    const lines = answer.text.split("\n").slice(0, -1).map((line) => line.split(": ", 2));
    const expected = collectors.map(([name]) => [name, failed.get(name)])
      .filter(([, reason]) => reason !== undefined);
    assert.deepEqual(lines, expected, `The body should name what failed:\n${answer.text}`);
    return;
  }
  const series = seriesOf(parseExposition(answer.text, format));
  for (const [collector] of collectors) {
    const reason = failed.get(collector);
    const value = (family: string) => series.get(`${family}{collector="${collector}"}`);
    const isFailure = reason !== undefined && reason !== "unsupported";
    assert.equal(value("spacelift_scrape_collector_success"), Number(!isFailure), collector);
    assert.equal(
      value("spacelift_scrape_collector_supported"),
      Number(reason !== "unsupported"),
      collector,
    );
    checkFailureCounts(series, collector, isFailure ? reason : undefined);
  }
  assert.equal(series.get("spacelift_up"), outcome.up ?? 1);
  for (const collector of outcome.remembered ?? []) failed.delete(collector);
  checkFamilies(series, { collectors, failed, absent: outcome.absent });
}

/** Of background work only the fact that it failed is known, not how many times. */
function checkFailureCounts(
  series: ReadonlyMap<string, number>,
  collector: string,
  reason: string | undefined,
): void {
  const family = "spacelift_scrape_collector_failures_total";
  const prefix = `${family}{collector="${collector}",reason="`;
  const counts = [...series].filter(([name]) => name.startsWith(prefix));
  assert.equal(counts.length, REASONS.length, `${collector} needs a count for each reason`);
  for (const [name, count] of counts) {
    const isIt = name === `${prefix}${reason}"}`;
    assert.equal(count > 0, isIt, `${name} is ${count}, the reason is ${reason}`);
  }
}

function checkFamilies(series: ReadonlyMap<string, number>, expected: {
  collectors: readonly (readonly [string, readonly string[]])[];
  failed: ReadonlyMap<string, string>;
  absent: readonly string[];
}): void {
  const served = new Set([...series.keys()].map((name) => name.replace(/\{.*/s, "")));
  const delivered = new Set(
    expected.collectors.filter(([name]) => !expected.failed.has(name)).flatMap(([, names]) =>
      names
    ),
  );
  // Nobody stands in for a collector unless the account refuses it.
  for (const { name, schedule } of COLLECTORS) {
    const reason = expected.failed.get(name);
    if (reason === undefined || reason === "unsupported") continue;
    for (const family of schedule?.(settingsOf([])).claims ?? []) delivered.delete(family.name);
  }
  for (const absent of expected.absent) {
    delivered.delete(absent);
    const left = [...series.keys()].filter((name) => name.startsWith(absent));
    if (absent.includes("{")) assert.deepEqual(left, [], "Series that should be left out");
  }
  const known = new Set(expected.collectors.flatMap(([, names]) => names)).difference(WITH_TOTALS);
  const actual = [...known].filter((name) => served.has(name));
  const wanted = [...known].filter((name) => delivered.has(name));
  assert.deepEqual(actual, wanted, "The families that are served");
}

/** One record for each reason at the default level, with its collectors; nothing looks like a stack trace. */
function checkLog({ log }: Stage, outcome: Outcome): void {
  const records = log.records.map((line): Record<string, unknown> => JSON.parse(line));
  const told = records.filter(({ msg }) =>
    /^Collectors (failed|are not supported)/.test(String(msg))
  );
  for (const [collector, reason] of Object.entries(outcome.failed)) {
    const lines = told.filter(({ collectors }) =>
      Array.isArray(collectors) && collectors.includes(collector)
    );
    assert.equal(lines.length, 1, `One line about ${collector} should be in the log:\n${log.text}`);
    const [line = {}] = lines;
    const isFailure = reason !== "unsupported";
    assert.equal(line["level"], isFailure ? "warn" : "info", log.text);
    assert.equal(line["reason"], isFailure ? reason : undefined, log.text);
    assert.match(String(line["failure"]), outcome.log);
  }
  const reasons = new Set(Object.values(outcome.failed));
  assert.equal(told.length, reasons.size, `One record for each reason:\n${log.text}`);
  assert.doesNotMatch(log.text, /\n +at |\\n +at |\.ts:\d/, "A stack trace is in the log");
  assert.doesNotMatch(log.text, /"level":"(error|fatal|debug)"/);
}

/** A text of a reply may be a label, but nowhere else. */
function checkSecrets(stage: Stage, { status, text }: Answer): void {
  const tokens = stage.demo.requests.list().flatMap(({ headers }) =>
    /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1] ?? []
  );
  const { log } = stage;
  const checked = status === 500 ? [log.text, text] : [log.text];
  for (const place of checked) {
    assert.ok(!place.includes(BODY_CANARY), `A part of a reply is in here:\n${place}`);
  }
  for (const secret of new Set([SECRET_CANARY, ...tokens])) {
    assert.ok(!log.text.includes(secret), `"${secret}" is in the log:\n${log.text}`);
    assert.ok(!text.includes(secret), `"${secret}" is in the answer:\n${text}`);
  }
}

/** A scrape that was answered asks the API for nothing any more and waits for nothing. */
async function checkNothingIsLeft({ demo, clock, proxy }: Stage): Promise<void> {
  await eventually(() => demo.requests.inFlight === 0, "The API is still being asked");
  if (clock instanceof FakeClock) assert.equal(clock.pending, 0, "A timer is left");
  let isClosed = false;
  Promise.all(proxy?.server.connections.map(({ closed }) => closed) ?? []).then(() =>
    isClosed = true
  );
  await eventually(() => isClosed, "A connection to the API is left");
}

function namesOf(metrics: readonly { readonly family: { readonly name: string } }[]): Set<string> {
  return new Set(metrics.map(({ family }) => family.name));
}
