import assert from "node:assert/strict";
import { type Account, emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import { type Status, statusRoute } from "../../src/status/page.ts";
import { startExporter } from "../support/start_exporter.ts";
import {
  linksOf,
  parseStatusPage,
  readLines,
  readStatusPage,
  startWalking,
} from "../support/status_page.ts";

const NOW = 1_800_000_000;

Deno.test("?all=failed lists every failed stack, those that failed last first", async () => {
  const { text, html } = await openPage("/?all=failed", manyStacks());
  const lines = readLines(html);
  assert.equal(lines.length, 30);
  assert.deepEqual(lines[0], ["s0", "0 s ago", "root"]);
  assert.deepEqual(lines[29], ["s87", "1 h 27 min ago", "root"]);
  assert.match(text, /Back to the whole account Failed: 30 stacks 20 in the last hour/);
});

Deno.test("?all=unconfirmed and ?all=drifted list every such stack", async () => {
  const unconfirmed = await openPage("/?all=unconfirmed", manyStacks());
  assert.match(unconfirmed.text, /Unconfirmed: 30 stacks/);
  assert.equal(readLines(unconfirmed.html).length, 30);
  const drifted = await openPage("/?all=drifted", manyStacks());
  assert.match(drifted.text, /Drifted: 30 stacks/);
  assert.deepEqual(readLines(drifted.html).at(-1), ["s89", "1 resource", "root"]);
});

Deno.test("?all=pools lists every pool", async () => {
  const { pools } = await openPage("/?all=pools", manyStacks());
  assert.equal(pools.length, 31);
});

Deno.test("a whole list without entries says so", async () => {
  const { text } = await openPage("/?all=failed", emptyAccount());
  assert.match(text, /Failed stacks: none\.$/);
});

Deno.test("a list that does not exist is the page itself", async () => {
  const { headline, html } = await openPage('/?all=<b>"evil', emptyAccount());
  assert.equal(headline, "Nothing needs attention now.");
  assert.doesNotMatch(html, /evil"|<b>"/);
});

Deno.test("the page leads to its lists, each of which leads back", async () => {
  const page = await openPage("/", manyStacks());
  for (const name of ["failed", "unconfirmed", "drifted", "pools"]) {
    assert.ok(linksOf(page.html).includes(`?all=${name}`), `no link to all ${name}`);
    const list = await openPage(`/?all=${name}`, manyStacks());
    assert.ok(linksOf(list.html).includes("/"), `no way back from ${name}`);
  }
});

Deno.test("the page leads into the account where it is known where people open it", async () => {
  const known = { accountUrl: new URL("https://acme.app.spacelift.io/") };
  for (const path of ["/", "/?all=failed"]) {
    const { html } = await openPage(path, manyStacks(), known);
    const links = linksOf(html);
    assert.ok(links.includes("https://acme.app.spacelift.io/"), "no link to the account");
    assert.ok(links.includes("https://acme.app.spacelift.io/stack/s0"), "no link to a stack");
  }
  const { html, text } = await openPage("/", manyStacks());
  assert.match(text, /\bs0\b/);
  assert.doesNotMatch(html, /stack\/s0/);
});

Deno.test("people open an account of Spacelift's where its API is, others nowhere", async () => {
  const accountLink = async (url: string) => {
    await using test = startExporter({ url });
    const [, link] = /<h1>(.*)<\/h1>/.exec((await readStatusPage(test)).html) ?? [];
    return link;
  };
  assert.equal(
    await accountLink("https://acme.app.spacelift.io"),
    '<a href="https://acme.app.spacelift.io/">acme.app.spacelift.io</a>',
  );
  assert.equal(await accountLink("https://spacelift.example.com"), "spacelift.example.com");
});

Deno.test("the page of a simulated account says that it is one", async () => {
  const { text, html } = await openPage("/", emptyAccount(), { simulated: true });
  assert.match(text, /^Simulated account .*nothing here is real\./);
  assert.match(html, /<title>.* - Simulated account<\/title>/);
  assert.doesNotMatch((await openPage("/", emptyAccount())).text, /[Ss]imulated|not real/);
});

/** The page at a path after one walk over the stacks and one scrape. */
async function openPage(path: string, account: Account, facts: Partial<Status> = {}) {
  await using test = startExporter({ account, flags: ["--collector.stacks"] });
  await using _walking = await startWalking(test);
  await test.get();
  const answer = statusRoute(() => ({
    account: "example.com",
    accountUrl: undefined,
    simulated: false,
    reports: test.exporter.scraper.peek(),
    now: NOW,
    ...facts,
  }));
  return parseStatusPage(await answer({ url: path }).text());
}

/** 30 stacks of each kind of trouble, one a minute, and as many pools. */
function manyStacks(): Account {
  const stacks = Array.from({ length: 90 }, (_, index) => ({
    ...plainStack(`s${index}`),
    stateSetAt: NOW - index * 60,
    state: ["FAILED", "UNCONFIRMED", "FINISHED"][index % 3] ?? "",
    isDrifted: index % 3 === 2,
    entityCount: 100,
    driftedCount: index % 3 === 2 ? 90 - index : 0,
  }));
  const workerPools = Array.from({ length: 30 }, (_, index) => ({
    id: `p${index}`,
    name: `pool ${index}`,
    pendingRuns: 0,
    busyWorkers: 0,
    workers: [],
  }));
  const publicWorkerPool = { parallelism: 1, busyWorkers: 0, pendingRuns: 0 };
  return { ...emptyAccount(), stacks, workerPools, publicWorkerPool };
}
