import assert from "node:assert/strict";
import { type Account, emptyAccount, plainStack, type Stack } from "../../src/demo/api/account.ts";
import { BUILD } from "../../src/version.ts";
import { saasAccount } from "../support/accounts.ts";
import { startExporter } from "../support/start_exporter.ts";
import { readStatusPage, startWalking, type StatusPage } from "../support/status_page.ts";

const NOW = 1_800_000_000;
const POOLS = "Workers and waiting runs of each pool";
const LIMIT = 200 * 1024;

Deno.test("the status page names the account's host, the version and the time", async () => {
  await using test = startExporter({ account: saasAccount() });
  const { text } = await readStatusPage(test);
  const { host } = new URL(test.demo.url);
  const head = `Account ${host}, exporter ${BUILD.version}, as of 2027-01-15 08:00:00 UTC`;
  assert.ok(text.includes(head), text);
});

Deno.test("the status page links to metrics, health and documentation", async () => {
  await using test = startExporter({ account: saasAccount() });
  const { html } = await readStatusPage(test);
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  for (const link of ["/metrics", "/health", "https://docs.spacelift.io/"]) {
    assert.ok(links.includes(link), `no link to ${link}`);
  }
});

Deno.test("the status page shows busy, free, drained and pending of each pool", async () => {
  const { tables } = await pageOf(saasAccount());
  assert.deepEqual(tables.get(POOLS), [
    ['prod "blue" \\ green line \u{1f680}', "1", "0", "1", "3"],
    ["Public workers", "4", "6", "0", "2"],
    ["01HPOOLB", "0", "0", "0", "0"],
  ]);
});

Deno.test("the status page shows stacks by state, most first", async () => {
  const stacks = ["FINISHED", "FINISHED", "FAILED", "A_NEW_STATE"].map((state, index) => ({
    ...plainStack(`s${index}`),
    state,
  }));
  const { tables } = await pageOf({ ...emptyAccount(), stacks });
  assert.deepEqual(tables.get("Stacks by state: 4"), [
    ["FINISHED", "", "2"],
    ["FAILED", "", "1"],
    ["A_NEW_STATE", "", "1"],
  ]);
});

Deno.test("the status page lists failed stacks, those longest in it first", async () => {
  const failed = (id: string, stateSetAt: number | null): Stack => ({
    ...plainStack(id),
    state: "FAILED",
    stateSetAt,
  });
  const stacks = [failed("new", NOW - 60), failed("unknown", null), failed("old", NOW - 7200)];
  const { tables, text } = await pageOf({ ...emptyAccount(), stacks });
  assert.deepEqual(tables.get("Failed stacks: 3"), [
    ["old", "root", "2 h ago"],
    ["new", "root", "1 min ago"],
    ["unknown", "root", "unknown"],
  ]);
  assert.match(text, /Stacks waiting for a person: none\. Drifted stacks: none\./);
});

Deno.test("the status page lists the stacks that wait for a person", async () => {
  const stacks = [
    { ...plainStack("approve"), needsApproval: true },
    { ...plainStack("confirm"), name: "To be confirmed", state: "UNCONFIRMED" },
  ];
  const { tables } = await pageOf({ ...emptyAccount(), stacks }, "--stacks-details");
  const waiting = tables.get("Stacks waiting for a person: 2")?.map(([name]) => name);
  assert.deepEqual(waiting?.toSorted(), ["To be confirmed confirm", "approve"]);
});

Deno.test("the status page lists drifted stacks, those with most drifted resources first", async () => {
  const drifted = (id: string, driftedCount: number): Stack => ({
    ...plainStack(id),
    isDrifted: true,
    entityCount: 9,
    driftedCount,
  });
  const stacks = [drifted("few", 1), drifted("many", 5)];
  const { tables } = await pageOf({ ...emptyAccount(), stacks });
  assert.deepEqual(tables.get("Drifted stacks: 2"), [["many", "root", "5"], ["few", "root", "1"]]);
});

Deno.test("the status page shows how far the billing period has gone", async () => {
  const { text } = await pageOf(saasAccount());
  assert.match(
    text,
    /2027-01-01 to 2027-02-01: 46 % over, 16 d 16 h left\. Public workers 61 min Private workers 2,500 min Seats 7/,
  );
});

Deno.test("the status page of an empty account says so", async () => {
  const { text, tables } = await pageOf(emptyAccount());
  for (
    const words of [
      "All collectors are well.",
      "No worker pool is known.",
      "There are no stacks.",
      "There is no billing period.",
    ]
  ) {
    assert.ok(text.includes(words), `"${words}" is not in: ${text}`);
  }
  assert.deepEqual([...tables.keys()], ["Health of each collector"]);
});

Deno.test("the status page shows a script in any name as text", async () => {
  const script = "<script>alert(1)</script>";
  const stack = { name: script, space: "evil", state: "FAILED", isDrifted: true };
  const { html, tables } = await pageOf({
    ...saasAccount(),
    workerPools: [{ id: "p", name: script, pendingRuns: 1, busyWorkers: 0, workers: [] }],
    spaces: [{ id: "evil", name: script, parentSpace: null }],
    stacks: [
      { ...plainStack(`'"><img src=x>`), ...stack },
      { ...plainStack("s"), state: `"><b>` },
    ],
  });
  assert.doesNotMatch(html, /<(script|img|b)\b/, "a name became an element");
  assert.equal(tables.get(POOLS)?.[1]?.[0], script);
  assert.deepEqual(tables.get("Failed stacks: 1"), [
    [`${script} '"><img src=x>`, script, "1157 d 9 h ago"],
  ]);
  assert.deepEqual(tables.get("Stacks by state: 2")?.map(([state]) => state), ["FAILED", `"><b>`]);
});

Deno.test("the status page with 20,000 stacks and 5,000 pools stays below 200 KiB", async () => {
  const stacks = list(20_000, (index) => ({
    ...plainStack(`stack-${index}`),
    ...worstStack(index),
  }));
  const { html, text, tables } = await pageOf(
    {
      ...saasAccount(),
      stacks,
      workerPools: list(5000, (index) => ({
        id: `pool-${index}`,
        name: `${index}${"&".repeat(300)}`,
        pendingRuns: index,
        busyWorkers: 0,
        workers: [],
      })),
    },
    "--stacks-page-size=100",
    "--scrape-timeout=1m",
  );
  const size = new TextEncoder().encode(html).length;
  assert.ok(size < LIMIT, `the page has ${size} bytes`);
  assert.equal(tables.get(POOLS)?.length, 20);
  assert.equal(tables.get("Stacks by state: 20,000")?.length, 20);
  assert.equal(tables.get("Failed stacks: 10,000")?.length, 20);
  assert.match(text, /And 9,980 more\./);
  assert.match(text, /And 4,981 more\./);
});

Deno.test("the status page tells that the limit of stacks left some out", async () => {
  const stacks = list(4, (index) => plainStack(`stack-${index}`));
  const { text } = await pageOf({ ...emptyAccount(), stacks }, "--stacks-limit=2");
  assert.match(text, /Stacks by state: 2 .*The limit of stacks leaves out at least 2 more\./);
});

/** The page after one walk over the stacks and one scrape. */
async function pageOf(account: Account, ...flags: readonly string[]): Promise<StatusPage> {
  await using test = startExporter({ account, flags: ["--collector.stacks", ...flags] });
  await using _walking = await startWalking(test);
  assert.equal((await test.get()).status, 200);
  return await readStatusPage(test);
}

/** The longest names and the most states, so that nothing makes a page larger. */
function worstStack(index: number): Partial<Stack> {
  const long = "&".repeat(300);
  return {
    name: long,
    space: long,
    state: index % 2 === 0 ? "FAILED" : `${index}${long}`,
    needsApproval: true,
    isDrifted: true,
  };
}

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
