import assert from "node:assert/strict";
import { put } from "../api/faults.ts";
import { emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import { saasAccount } from "../support/accounts.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";
import { readStatusPage, startWalking, type StatusPage } from "../support/status_page.ts";

const FOUR = onlyCollectors("publicworkerpool", "workerpools", "usage", "aggregates");
const WITH_STACKS = [...FOUR, "--collector.stacks"];

Deno.test("before any scrape the status page says that there is no data, and asks for none", async () => {
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS });
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "There is no data yet: nothing has scraped this exporter since it started.",
    "Not read yet: everything.",
  ]);
  assert.equal(page.headline, "Whether anything needs attention is not known.");
  assert.ok(page.inside.includes("usage not read, never read"), page.inside.join("\n"));
  assert.deepEqual(figuresOf(page), NO_FIGURES);
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

Deno.test("in an outage the status page shows the last good data as remembered, with age and reason", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  await test.get();
  const before = await readStatusPage(test);
  assert.deepEqual(before.verdict, ["The data is good: at most 1 s old."]);
  test.demo.faults.set("*", { status: 503 });
  await clock.advance(100_000);
  await test.get();
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "The data is from 1 min 40 s ago: Spacelift cannot be reached.",
    "The API answered with HTTP 503.",
  ]);
  assert.ok(
    page.inside.includes(
      "workerpools remembered, read 1 min ago, took 0.000 s unreachable: The API answered with HTTP 503",
    ),
    page.inside.join("\n"),
  );
  for (const [heading, text] of page.sections) {
    // It is not switched on here.
    if (heading === "Runs") continue;
    assert.match(text, /^From 1 min 40 s ago\./, heading);
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
  assert.deepEqual(page.verdict, [
    "There is no data: Spacelift cannot be reached. The last data was read 11 min ago.",
    "The API answered with HTTP 503.",
  ]);
  assert.equal(page.headline, "Whether anything needs attention is not known.");
  assert.deepEqual(figuresOf(page), NO_FIGURES);
  assert.equal(page.sections.get("Worker pools"), "Missing. Spacelift cannot be reached.");
  assert.doesNotMatch(page.text, /[Rr]emembered/);
});

Deno.test("in an outage from the start the status page says why there is no data", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("*", { status: 503 });
  await test.get();
  const page = await readStatusPage(test);
  assert.equal(page.verdict[0], "There is no data: Spacelift cannot be reached.");
  assert.match(page.html, /<div class="verdict bad">/);
  assert.match(page.html, /<title>No data - /);
});

Deno.test("the status page says when any data was read last, and what ails most of it", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: FOUR, clock });
  await test.get();
  test.demo.faults.set("PrometheusExporter_PublicWorkerPool", { errors: ["internal error"] });
  await clock.advance(60_000);
  await test.get();
  for (const name of ["WorkerPools", "Usage", "Aggregates"]) {
    test.demo.faults.set(`PrometheusExporter_${name}`, { status: 503 });
  }
  await clock.advance(130_000);
  await test.get();
  assert.equal(
    (await readStatusPage(test)).verdict[0],
    "There is no data: Spacelift cannot be reached. The last data was read 2 min 10 s ago.",
  );
});

Deno.test("remembered data next to what was not read yet is said to be part of the data", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await test.get();
  test.demo.faults.set("*", { status: 503 });
  await clock.advance(30_000);
  await test.get();
  assert.equal(
    (await readStatusPage(test)).verdict[0],
    "Part of the data is from 30 s ago: " +
      "public workers, private workers, billing period and account totals.",
  );
});

Deno.test("when the walks fail for long, the status page has the account's own sums instead", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  test.demo.faults.set("PrometheusExporter_Stacks", { status: 503 });
  await clock.advance(700_000);
  await test.get();
  const page = await readStatusPage(test);
  assert.equal(page.verdict[0], "Part of the data is missing: stacks.");
  assert.match(
    page.sections.get("Stacks") ?? "",
    /^Stacks: missing\. Spacelift cannot be reached\. .*3 stacks in all\.$/,
  );
  assert.deepEqual(page.cards.get("Failed"), {
    amount: "1",
    remark: "Only the collector of stacks knows which ones.",
    lines: [],
  });
  assert.match((await readStatusPage(test, "/?all=failed")).text, /Only the collector of stacks/);
  assert.match((await readStatusPage(test, "/?all=unconfirmed")).text, /stacks: not known\./);
});

Deno.test("when nobody scrapes any more, the status page does not show old data as fresh", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: FOUR, clock });
  await test.get();
  await clock.advance(60_000);
  assert.deepEqual((await readStatusPage(test)).verdict, ["The data is good: at most 1 min old."]);
  await clock.advance(60_000);
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "There is no current data: nothing has scraped this exporter for 2 min.",
    "Not read for 2 min: everything. Is this exporter still scraped?",
  ]);
  assert.deepEqual(figuresOf(page), NO_FIGURES);
});

Deno.test("when nobody scrapes any more, fresh walks do not make the data good", async () => {
  const clock = new FakeClock();
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, clock });
  await using _walking = await startWalking(test);
  await test.get();
  await clock.advance(130_000);
  const { verdict, headline } = await readStatusPage(test);
  assert.match(verdict[0] ?? "", /^Part of the data is missing: public workers, private workers,/);
  assert.match(headline, /^1 stack has failed/);
});

Deno.test("data that was not read yet makes the rest no worse", async () => {
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS });
  await test.get();
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "The data is good: at most 1 s old, but not yet complete.",
    "Not read yet: stacks.",
  ]);
  assert.match(page.html, /<div class="verdict calm">/);
});

Deno.test("an unsupported collector is no trouble on the status page", async () => {
  const demo = { refusedToMachines: ["usage"] };
  await using test = startExporter({ account: saasAccount(), demo });
  await test.get();
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "The data is good: at most 1 s old.",
    "Not available to this API key: billing period.",
  ]);
  assert.match(page.html, /<div class="verdict good">/);
  assert.match(page.inside.join("\n"), /^usage not available, never read, .* unsupported: /m);
  assert.equal(page.sections.get("Billing period"), "Not available to this API key.");
});

Deno.test("what a valid key may not read is no trouble on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("PrometheusExporter_Usage", { errors: ["unauthorized"] });
  await test.get();
  const { html, sections } = await readStatusPage(test);
  assert.match(html, /<div class="verdict good">/);
  assert.equal(sections.get("Billing period"), "Not available to this API key.");
});

Deno.test("a key that opens nothing is trouble on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("*", { errors: ["unauthorized"] });
  await test.get();
  const { html, verdict } = await readStatusPage(test);
  assert.match(html, /<div class="verdict bad">/);
  assert.equal(verdict[0], "There is no data: Spacelift rejects the API key.");
});

Deno.test("a rate limit is less than an outage on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("PrometheusExporter_Usage", { status: 429 });
  await test.get();
  const { html, verdict, sections } = await readStatusPage(test);
  assert.match(html, /<div class="verdict warn">/);
  assert.equal(verdict[0], "Part of the data is missing: billing period.");
  assert.equal(
    sections.get("Billing period"),
    "Missing. Spacelift has limited the exporter's requests.",
  );
});

Deno.test("one collector in trouble leaves the others' figures on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  test.demo.faults.set("PrometheusExporter_WorkerPools", { errors: ["internal error"] });
  await test.get();
  const page = await readStatusPage(test);
  assert.deepEqual(page.verdict, [
    "Part of the data is missing: private workers.",
    'The API answered with the error "internal error".',
  ]);
  assert.match(
    page.sections.get("Worker pools") ?? "",
    /^Private workers: missing\. Spacelift answers with an error\. /,
  );
  assert.deepEqual(page.pools, [["Public workers", "2 waiting", "4 busy, 6 free"]]);
  assert.match(page.text, /Not known: runs waiting for private workers\./);
});

Deno.test("what is not known keeps the status page from saying that nothing needs attention", async () => {
  const account = { ...saasAccount(), stacks: [], workerPools: [] };
  await using test = startExporter({ account, flags: WITH_STACKS });
  await using _walking = await startWalking(test);
  await test.get();
  assert.equal((await readStatusPage(test)).headline, "Nothing needs attention now.");
  await using blind = startExporter({ account, flags: ["--max-staleness=0", ...WITH_STACKS] });
  await using _blindWalking = await startWalking(blind);
  blind.demo.faults.set("PrometheusExporter_WorkerPools", { errors: ["internal error"] });
  await blind.get();
  assert.equal(
    (await readStatusPage(blind)).headline,
    "As far as is known, nothing needs attention now.",
  );
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
  const page = await readStatusPage(test);
  assert.deepEqual(page.states, [
    ["Trouble", "1 FAILED"],
    ["At rest", "1 FINISHED"],
    ["Other", "1 A_NEW_STATE"],
  ]);
  assert.equal(
    page.headline,
    "3 runs are waiting for a worker, 1 stack has failed and 1 resource has drifted.",
  );
  assert.deepEqual(page.cards.get("Drifted resources"), {
    amount: "1",
    remark: "Only the collector of stacks knows which ones.",
    lines: [],
  });
});

Deno.test("totals without drift are no need and no gap", async () => {
  const metrics = { resourcesCountByDrift: [{ value: 3, labels: ["OK"] }] };
  const account = { ...emptyAccount(), stacks: [plainStack("a")], metrics };
  await using test = startExporter({ account });
  await test.get();
  const { headline, text } = await readStatusPage(test);
  assert.equal(headline, "Nothing needs attention now.");
  assert.doesNotMatch(text, /Not known/);
});

Deno.test("an account without figures has no data rather than no stacks", async () => {
  await using test = startExporter({ account: { ...saasAccount(), metrics: null } });
  await test.get();
  const page = await readStatusPage(test);
  assert.equal(page.sections.get("Stacks"), "The account has no figures yet.");
  assert.match(page.text, /Not known: failed, unconfirmed and drifted stacks\./);
});

Deno.test("a server that knows no drift is not said to have no drifted stacks", async () => {
  const demo = { missingFields: ["Stack.isDrifted"] };
  await using test = startExporter({ account: saasAccount(), flags: WITH_STACKS, demo });
  await using _walking = await startWalking(test);
  const page = await readStatusPage(test);
  assert.match(page.text, /Not known: .*; drifted stacks\./);
  assert.ok(!page.cards.has("Drifted"));
  assert.match((await readStatusPage(test, "/?all=drifted")).text, /Drifted stacks: not known\./);
});

Deno.test("what the API does not know of a worker pool is unknown on the status page", async () => {
  await using test = startExporter({ account: saasAccount() });
  const edit = put("data.workerPools.0.workers", null);
  test.demo.faults.set("PrometheusExporter_WorkerPools", { edit });
  await test.get();
  const { pools, cards } = await readStatusPage(test);
  assert.deepEqual(pools[0]?.slice(1), ["3 waiting", "1 busy, unknown free, unknown drained"]);
  assert.equal(cards.get("Waiting for a worker")?.lines[0]?.[2], "workers unknown");
});

Deno.test("a collector that is switched off is said to be", async () => {
  await using test = startExporter({ account: saasAccount(), flags: ["--no-collector.usage"] });
  await test.get();
  const { verdict, sections } = await readStatusPage(test);
  assert.deepEqual(verdict, ["The data is good: at most 1 s old."]);
  assert.equal(sections.get("Billing period"), "Switched off.");
});

/** All figures of a page; ages go on, so they are left out. */
function figuresOf({ cards, pools, states }: StatusPage) {
  const needs = [...cards].map(([title, { amount, lines }]) => [
    title,
    amount,
    lines.flat().filter((text) => !text.endsWith(" ago")),
  ]);
  return { needs, pools, states };
}

const NO_FIGURES = { needs: [], pools: [], states: [] };
