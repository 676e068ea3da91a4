import assert from "node:assert/strict";
import { put } from "../api/faults.ts";
import { saasAccount } from "../support/accounts.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { startExporter } from "../support/start_exporter.ts";
import { readStatusPage, startWalking, type StatusPage } from "../support/status_page.ts";

const HEALTH = "Health of each collector";
const WITH_STACKS = ["--collector.stacks"];

Deno.test("before any scrape the status page says that there is no data, and asks for none", async () => {
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS });
  const page = await readStatusPage(test);
  assert.match(
    page.text,
    /No recent data from publicworkerpool, workerpools, usage, stacks, aggregates\./,
  );
  assert.deepEqual(healthOf(page, "usage"), ["no data yet", "never", ""]);
  assert.deepEqual([...page.tables.keys()], [HEALTH], "there are figures");
  assert.equal(test.demo.requests.count(), 0, "the page asked the API");
});

Deno.test("looking at the status page costs the API nothing", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const before = test.demo.requests.count();
  assert.ok(before > 0);
  for (let visit = 0; visit < 50; visit++) await readStatusPage(test);
  assert.equal(test.demo.requests.count(), before);
});

Deno.test("in an outage the status page shows the last good data as stale, with age and reason", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  await test.get();
  const before = await readStatusPage(test);
  assert.match(before.text, /All collectors are well\./);
  test.demo.faults.set("*", { status: 503 });
  await clock.advance(100_000);
  await test.get();
  const page = await readStatusPage(test);
  assert.match(page.text, /In trouble: publicworkerpool, workerpools, usage, stacks, aggregates\./);
  assert.deepEqual(healthOf(page, "workerpools"), [
    "stale unreachable: The API answered with HTTP 503",
    "1 min 40 s ago",
    "0.000 s",
  ]);
  for (const collector of ["publicworkerpool", "workerpools", "usage", "stacks"]) {
    assert.ok(
      page.text.includes(`${collector}: stale, 1 min 40 s old`),
      `${collector}: ${page.text}`,
    );
  }
  assert.deepEqual(figuresOf(page), figuresOf(before), "the last good data is not shown");
});

Deno.test("data too old to be served is gone from the status page", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  await test.get();
  test.demo.faults.set("*", { status: 503 });
  await clock.advance(700_000);
  await test.get();
  const page = await readStatusPage(test);
  assert.deepEqual([...page.tables.keys()], [HEALTH], "there are figures");
  assert.deepEqual(healthOf(page, "stacks")?.slice(0, 2), [
    "failed unreachable: The API answered with HTTP 503",
    "11 min 40 s ago",
  ]);
  assert.match(
    page.text,
    /Worker pools publicworkerpool: failed\. workerpools: failed\. No data\./,
  );
  assert.doesNotMatch(page.text, /stale/);
});

Deno.test("when the walks fail for long, the status page has the account's own sums instead", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  test.demo.faults.set("PrometheusExporter_Stacks", { status: 503 });
  await clock.advance(700_000);
  await test.get();
  const { text } = await readStatusPage(test);
  assert.match(text, /Stacks stacks: failed\. aggregates: fresh, 0 s old\. Stacks by state: 3/);
  assert.doesNotMatch(text, /Failed stacks/);
});

Deno.test("when nobody scrapes any more, the status page does not show old data as fresh", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), clock });
  await test.get();
  await clock.advance(60_000);
  assert.match((await readStatusPage(test)).text, /usage: fresh, 1 min old/);
  await clock.advance(60_000);
  const page = await readStatusPage(test);
  assert.deepEqual(healthOf(page, "usage")?.slice(0, 2), ["no recent data", "2 min ago"]);
  assert.deepEqual([...page.tables.keys()], [HEALTH], "there are figures");
});

Deno.test("an unsupported collector is no trouble on the status page", async () => {
  const demo = { refusedToMachines: ["usage"] };
  await using test = startExporter({ account: saasAccount(), demo });
  await test.get();
  const page = await readStatusPage(test);
  assert.match(page.text, /All collectors are well\./);
  assert.match(healthOf(page, "usage")?.[0] ?? "", /^unsupported unsupported: /);
  assert.match(page.text, /Billing period usage: unsupported\. No data\./);
});

Deno.test("one collector in trouble leaves the others' figures on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("PrometheusExporter_WorkerPools", { errors: ["internal error"] });
  await test.get();
  const { text, tables } = await readStatusPage(test);
  assert.match(text, /In trouble: workerpools\. Collectors/);
  assert.match(text, /publicworkerpool: fresh, 0 s old\. workerpools: failed\./);
  assert.deepEqual(tables.get("Workers and waiting runs of each pool"), [
    ["Public workers", "4", "6", "0", "2"],
  ]);
});

Deno.test("the reason on the status page is escaped and short", async () => {
  await using test = startExporter({ account: saasAccount() });
  const evil = `<script>alert(1)</script>${"&".repeat(5000)}`;
  test.demo.faults.set("PrometheusExporter_Usage", { errors: [evil] });
  await test.get();
  const { html } = await readStatusPage(test);
  assert.doesNotMatch(html, /<script/);
  assert.ok(html.length < 20_000, `the page has ${html.length} characters`);
});

Deno.test("without the collector of stacks the status page has the account's own sums", async () => {
  await using test = startExporter({ account: saasAccount() });
  await test.get();
  const { text, tables } = await readStatusPage(test);
  assert.deepEqual(tables.get("Stacks by state: 3")?.map(([state]) => state).toSorted(), [
    "A_NEW_STATE",
    "FAILED",
    "FINISHED",
  ]);
  assert.match(text, /aggregates: fresh, 0 s old\..*told by the collector "stacks" alone/);
});

Deno.test("an account without figures has no data rather than no stacks", async () => {
  await using test = startExporter({ account: { ...saasAccount(), metrics: null } });
  await test.get();
  assert.match((await readStatusPage(test)).text, /Stacks aggregates: fresh, 0 s old\. No data\./);
});

Deno.test("a server that knows no drift is not said to have no drifted stacks", async () => {
  const demo = { missingFields: ["Stack.isDrifted"] };
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, demo });
  await using _walking = await startWalking(test);
  const { text } = await readStatusPage(test);
  assert.match(text, /This installation does not tell which stacks have drifted\./);
  assert.doesNotMatch(text, /Drifted stacks/);
});

Deno.test("what the API does not know of a worker pool is unknown on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  const edit = put("data.workerPools.0.workers", null);
  test.demo.faults.set("PrometheusExporter_WorkerPools", { edit });
  await test.get();
  const { tables } = await readStatusPage(test);
  const [[, ...figures] = []] = tables.get("Workers and waiting runs of each pool") ?? [];
  assert.deepEqual(figures, ["1", "unknown", "unknown", "3"]);
});

Deno.test("a collector that is switched off is said to be", async () => {
  await using test = startExporter({ account: saasAccount(), flags: ["--no-collector.usage"] });
  await test.get();
  const { text } = await readStatusPage(test);
  assert.match(text, /All collectors are well\..*Billing period Not collected: switched off\./);
});

/** Condition with reason, last success and duration of a collector. */
function healthOf({ tables }: StatusPage, collector: string): readonly string[] | undefined {
  return tables.get(HEALTH)?.find(([name]) => name === collector)?.slice(1);
}

/** All tables but the one on health; of the stacks without their ages, which go on. */
function figuresOf({ tables }: StatusPage): [string, string[]][] {
  return [...tables]
    .filter(([caption]) => caption !== HEALTH)
    .map(([caption, rows]) => [
      caption,
      rows.flat().filter((cell) => !cell.endsWith(" ago")),
    ]);
}
