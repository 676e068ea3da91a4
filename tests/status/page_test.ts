import assert from "node:assert/strict";
import {
  type Account,
  emptyAccount,
  plainStack,
  type Stack,
  type WorkerPool,
} from "../../src/demo/api/account.ts";
import { BUILD } from "../../src/version.ts";
import { saasAccount, selfHostedAccount } from "../support/accounts.ts";
import { startExporter } from "../support/start_exporter.ts";
import { linksOf, readStatusPage, startWalking, type StatusPage } from "../support/status_page.ts";

const NOW = 1_800_000_000;
const LIMIT = 200 * 1024;

Deno.test("the status page names the account's host, the version and the time", async () => {
  await using test = startExporter({ account: saasAccount() });
  const { text } = await readStatusPage(test);
  const { host } = new URL(test.demo.url);
  const head = `${host} Spacelift Prometheus Exporter, 2027-01-15 08:00:00 UTC.`;
  assert.ok(text.startsWith(head), text);
  assert.ok(text.includes(`Version ${BUILD.version}.`), text);
});

Deno.test("the status page links to metrics, health and documentation", async () => {
  await using test = startExporter({ account: saasAccount() });
  const { html } = await readStatusPage(test);
  for (const link of ["/metrics", "/health", "https://docs.spacelift.io/"]) {
    assert.ok(linksOf(html).includes(link), `no link to ${link}`);
  }
});

Deno.test("the status page says in one sentence what needs attention, and in the title", async () => {
  const stacks = ["FAILED", "FAILED", "UNCONFIRMED", "FINISHED"].map((state, index) => ({
    ...plainStack(`s${index}`),
    state,
    isDrifted: state === "FINISHED",
  }));
  const { headline, html } = await pageOf({ ...saasAccount(), stacks });
  assert.equal(
    headline,
    "3 runs are waiting for a worker, 2 stacks have failed, 1 is unconfirmed and 1 has drifted.",
  );
  assert.match(html, /<title>3 waiting, 2 failed, 1 unconfirmed, 1 drifted - /);
});

Deno.test("the status page shows waiting runs, busy, free and drained workers of each pool", async () => {
  const { pools } = await pageOf(saasAccount());
  assert.deepEqual(pools, [
    ['prod "blue" \\ green\ufffdline \u{1f680}', "3 waiting", "1 busy, 0 free, 1 drained"],
    ["Public workers", "2 waiting", "4 busy, 6 free"],
    ["01HPOOLB", "0 waiting", "0 busy, 0 free"],
  ]);
});

Deno.test("the status page draws all pools on one scale", async () => {
  const { html } = await pageOf({
    ...emptyAccount(),
    workerPools: [pool("large", 8, 4, 2), pool("small", 2, 1, 0)],
  });
  const [, list = ""] = /<ul class="pools">(.*?)<\/ul>/s.exec(html) ?? [];
  const bars = list.split("<li>").slice(1).map((row) =>
    [...row.matchAll(/<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"/g)]
      .map(([, name, x, width]) => `${name} ${x}+${width}`)
  );
  assert.deepEqual(bars, [
    ["busy 0+50", "free 50+25", "drained 75+25"],
    ["busy 0+12.5", "free 12.5+12.5", "drained 25+0"],
  ]);
});

Deno.test("only runs that no worker is free for need a person", async () => {
  const { headline, cards, html } = await pageOf({
    ...emptyAccount(),
    publicWorkerPool: { parallelism: 2, busyWorkers: 1, pendingRuns: 5 },
    workerPools: [
      { ...pool("full", 2, 2, 0), pendingRuns: 1 },
      { ...pool("drained", 3, 1, 2), pendingRuns: 4 },
      { ...pool("empty", 0, 0, 0), pendingRuns: 2 },
      { ...pool("unmanned", 2, 0, 2), pendingRuns: 1 },
      { ...pool("full and still", 1, 1, 0), pendingRuns: 0 },
    ],
  });
  assert.equal(headline, "8 runs are waiting for a worker.");
  assert.match(html, /<section class="card bad"/, "nobody will ever serve some of these runs");
  assert.deepEqual(cards.get("Waiting for a worker"), {
    amount: "8",
    remark: "4 pools without a free worker.",
    lines: [
      ["drained", "4 waiting", "1 busy, 2 drained"],
      ["empty", "2 waiting", "no workers"],
      ["full", "1 waiting", "all 2 workers busy"],
      ["unmanned", "1 waiting", "all drained"],
    ],
  });
});

Deno.test("runs in pools that are merely full are no more than a warning", async () => {
  const workerPools = [{ ...pool("full", 1, 1, 0), pendingRuns: 1 }];
  const { headline, cards, html } = await pageOf({ ...emptyAccount(), workerPools });
  assert.equal(headline, "1 run is waiting for a worker.");
  assert.equal(cards.get("Waiting for a worker")?.remark, "1 pool without a free worker.");
  assert.match(html, /<section class="card warn"/);
});

Deno.test("a single failed stack among many shows in the bar of states", async () => {
  const stacks = list(500, (index) => ({
    ...plainStack(`s${index}`),
    state: index === 0 ? "FAILED" : "FINISHED",
  }));
  const { html } = await pageOf({ ...emptyAccount(), stacks });
  const [, width] = /<rect class="trouble" x="0" width="([\d.]+)"/.exec(html) ?? [];
  assert.ok(Number(width) > 0.9, `it takes ${width} % of the bar`);
});

Deno.test("a state with a long name is cut", async () => {
  const stacks = [{ ...plainStack("a"), state: "X".repeat(500) }];
  const { states } = await pageOf({ ...emptyAccount(), stacks });
  assert.deepEqual(states, [["Other", `1 ${"X".repeat(39)}\u2026`]]);
});

Deno.test("the status page groups stacks by what their states mean", async () => {
  const states = [
    "FINISHED",
    "FINISHED",
    "DISCARDED",
    "FAILED",
    "UNCONFIRMED",
    "PLANNING",
    "A_NEW_STATE",
  ];
  const stacks = states.map((state, index) => ({ ...plainStack(`s${index}`), state }));
  const page = await pageOf({ ...emptyAccount(), stacks });
  assert.deepEqual(page.states, [
    ["Trouble", "1 FAILED"],
    ["Waiting for a person", "1 UNCONFIRMED"],
    ["In progress", "1 PLANNING"],
    ["At rest", "3 FINISHED 2, DISCARDED 1"],
    ["Other", "1 A_NEW_STATE"],
  ]);
  assert.match(page.sections.get("Stacks") ?? "", /7 stacks in all\.$/);
});

Deno.test("the status page lists failed stacks, those that failed last first", async () => {
  const stacks = [
    failed("old", NOW - 7200),
    failed("unknown", null),
    failed("new", NOW - 61),
    failed("recent", NOW - 3599),
    failed("hour", NOW - 3600),
  ];
  const { cards, headline } = await pageOf({ ...emptyAccount(), stacks });
  assert.equal(headline, "5 stacks have failed.");
  assert.deepEqual(cards.get("Failed"), {
    amount: "5",
    remark: "2 in the last hour, the oldest 2 h ago.",
    lines: [
      ["new", "1 min ago", "root"],
      ["recent", "59 min ago", "root"],
      ["hour", "1 h ago", "root"],
      ["old", "2 h ago", "root"],
      ["unknown", "unknown since when", "root"],
    ],
  });
});

Deno.test("the status page lists the stacks that wait for a person", async () => {
  const stacks = [
    { ...plainStack("approve"), needsApproval: true, stateSetAt: NOW - 7200 },
    {
      ...plainStack("confirm"),
      name: "To be confirmed",
      state: "UNCONFIRMED",
      stateSetAt: NOW - 5,
    },
  ];
  const { cards } = await pageOf({ ...emptyAccount(), stacks }, "--stacks-details");
  assert.deepEqual(cards.get("Unconfirmed"), {
    amount: "2",
    remark: "1 in the last hour, the oldest 2 h ago.",
    lines: [["To be confirmed", "5 s ago", "root, confirm"], ["approve", "2 h ago", "root"]],
  });
});

Deno.test("the status page lists drifted stacks, those with most drifted resources first", async () => {
  const drifted = (id: string, driftedCount: number): Stack => ({
    ...plainStack(id),
    isDrifted: true,
    entityCount: 9,
    driftedCount,
  });
  const stacks = [drifted("few", 1), drifted("many", 5)];
  const { cards, headline } = await pageOf({ ...emptyAccount(), stacks });
  assert.equal(headline, "2 stacks have drifted.");
  assert.deepEqual(cards.get("Drifted"), {
    amount: "2",
    remark: "6 resources.",
    lines: [["many", "5 resources", "root"], ["few", "1 resource", "root"]],
  });
});

Deno.test("drifted stacks that were not counted are in the list all the same", async () => {
  const stacks = [{ ...plainStack("a"), isDrifted: true, entityCount: 9, driftedCount: 3 }];
  const { cards } = await pageOf({ ...emptyAccount(), stacks }, "--stacks-drift-limit=0");
  assert.deepEqual(cards.get("Drifted"), {
    amount: "1",
    remark: "Resources not counted.",
    lines: [["a", "not counted", "root"]],
  });
});

Deno.test("the status page shows how far the billing period has gone", async () => {
  const { sections } = await pageOf(saasAccount());
  assert.equal(
    sections.get("Billing period"),
    "14 of 31 days (2027-01-01 to 2027-02-01), 61 public minutes, 2,500 private minutes, 7 seats.",
  );
});

const DAY = 86_400;
const PERIODS: readonly [string, number, number][] = [
  ["0 of 3 days", NOW + 10, NOW + 10 + 3 * DAY],
  ["1 of 3 days", NOW - 1.9 * DAY, NOW + 1.1 * DAY],
  ["3 of 3 days", NOW - 9 * DAY, NOW - 6 * DAY],
];
for (const [text, billingPeriodStart, billingPeriodEnd] of PERIODS) {
  Deno.test(`a billing period can have gone on for ${text}`, async () => {
    const usage = { ...saasAccount().usage, billingPeriodStart, billingPeriodEnd };
    const { sections } = await pageOf({ ...emptyAccount(), usage });
    assert.equal(sections.get("Billing period")?.slice(0, text.length), text);
  });
}

Deno.test("an account that is not billed has its seats all the same", async () => {
  const { sections } = await pageOf(selfHostedAccount());
  assert.equal(sections.get("Billing period"), "There is none, 3 seats.");
});

Deno.test("the status page speaks of one day, minute and seat as of one", async () => {
  const usage = {
    billingPeriodStart: NOW - 86_400 - 60,
    billingPeriodEnd: NOW - 60,
    usedPublicMinutes: 1,
    usedPrivateMinutes: 1,
    usedSeats: 1,
  };
  const { sections } = await pageOf({ ...emptyAccount(), usage });
  assert.match(
    sections.get("Billing period") ?? "",
    /^1 of 1 day \(.*\), 1 public minute, 1 private minute, 1 seat\.$/,
  );
});

Deno.test("the status page of an empty account says so", async () => {
  const page = await pageOf(emptyAccount());
  assert.deepEqual(page.verdict, ["The data is good: at most 1 s old."]);
  assert.equal(page.headline, "Nothing needs attention now.");
  assert.match(page.html, /<title>All is well - /);
  assert.deepEqual([...page.cards.keys()], []);
  assert.deepEqual([...page.sections], [
    ["Worker pools", "There are no worker pools."],
    ["Runs", "Switched off."],
    ["Stacks", "There are no stacks."],
    ["Billing period", "There is none."],
  ]);
});

Deno.test("the status page shows a script in any name as text", async () => {
  const script = "<script>alert(1)</script>";
  const stack = { name: script, space: "evil", state: "FAILED", isDrifted: true };
  const { html, pools, cards, states } = await pageOf({
    ...saasAccount(),
    workerPools: [{ id: "p", name: script, pendingRuns: 1, busyWorkers: 0, workers: [] }],
    spaces: [{ id: "evil", name: script, parentSpace: null }],
    stacks: [
      { ...plainStack(`'"><img src=x>`), ...stack },
      { ...plainStack("s"), state: `"><em>` },
    ],
  });
  assert.doesNotMatch(html, /<(script|img|em)\b/, "a name became an element");
  assert.equal(pools[1]?.[0], script);
  assert.deepEqual(cards.get("Failed")?.lines, [
    [script, "1,157 d ago", `${script}, '"><img src=x>`],
  ]);
  assert.deepEqual(states.at(-1), ["Other", `1 "><em>`]);
});

Deno.test("the status page with 20,000 stacks and 5,000 pools stays below 200 KiB", async () => {
  const stacks = list(20_000, (index) => ({
    ...plainStack(`stack-${index}`),
    ...worstStack(index),
  }));
  const page = await pageOf(
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
  const size = new TextEncoder().encode(page.html).length;
  assert.ok(size < LIMIT, `the page has ${size} bytes`);
  assert.equal(page.pools.length, 8);
  assert.ok(page.pools.some(([name]) => name === "Public workers"), "the public pool has vanished");
  assert.match(page.text, /All 5,001 worker pools/);
  assert.equal(page.cards.get("Failed")?.amount, "10,000");
  assert.equal(page.cards.get("Failed")?.lines.length, 5);
  assert.match(page.text, /All 10,000 failed stacks/);
  assert.match(page.states.at(-1)?.[1] ?? "", /^10,000 .*, 9,988 more states$/);
});

Deno.test("the status page tells that the limit of stacks left some out", async () => {
  const stacks = list(4, (index) => plainStack(`stack-${index}`));
  const page = await pageOf({ ...emptyAccount(), stacks }, "--stacks-limit=2");
  assert.match(
    page.sections.get("Stacks") ?? "",
    /2 stacks in all\. The limit of stacks leaves out at least 2 more stacks\.$/,
  );
  assert.equal(page.headline, "As far as is known, nothing needs attention now.");
  assert.match(page.text, /Not known: at least 2 stacks beyond the limit\./);
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

function failed(id: string, stateSetAt: number | null): Stack {
  return { ...plainStack(id), state: "FAILED", stateSetAt };
}

function pool(name: string, workers: number, busy: number, drained: number): WorkerPool {
  return {
    id: name,
    name,
    pendingRuns: 0,
    busyWorkers: busy,
    workers: list(workers, (index) => ({
      id: `w${index}`,
      busy: index < busy,
      drained: index >= workers - drained,
    })),
  };
}
