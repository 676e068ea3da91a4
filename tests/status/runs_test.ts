import assert from "node:assert/strict";
import { emptyAccount, plainRun, plainStack, type Run } from "../../src/demo/api/account.ts";
import { type Status, statusRoute } from "../../src/status/page.ts";
import { eventually } from "../support/eventually.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";
import { linksOf, parseStatusPage } from "../support/status_page.ts";

const NOW = 1_800_000_000;

Deno.test("the status page shows that no run is under way", async () => {
  const { sections } = await pageOf([]);
  assert.equal(sections.get("Runs"), "No run is under way. None has ended lately.");
});

Deno.test("the status page shows runs by whom they wait for, the longest first, and those that ended last", async () => {
  const { sections } = await pageOf([
    run("a", "UNCONFIRMED", 60),
    run("b", "PENDING_REVIEW", 3600, { type: "PROPOSED" }),
    run("c", "READY", 120),
    run("d", "PLANNING", 30, { driftDetection: true, type: "PROPOSED" }),
    run("e", "FAILED", 600),
    run("f", "FINISHED", 300, { isModule: true, type: "TESTING" }),
  ]);
  assert.equal(
    sections.get("Runs"),
    "Waiting for a person 2 " +
      "s 1 h ago PENDING_REVIEW, PROPOSED, root s 1 min ago UNCONFIRMED, TRACKED, root " +
      "Waiting for a worker 1 s 2 min ago READY, TRACKED, root " +
      "Running now 1 s 30 s ago PLANNING, drift detection, root " +
      "Ended last A run without a stack 5 min ago FINISHED, TESTING " +
      "s 10 min ago FAILED, TRACKED, root",
  );
});

Deno.test("the status page names a few runs of many, and counts the rest", async () => {
  const many = Array.from({ length: 45 }, (_, n) => run(`r${n}`, "UNCONFIRMED", 60 + n));
  const { sections, html } = await pageOf(many);
  assert.match(sections.get("Runs") ?? "", /^Waiting for a person 45 .*And 40 more\./);
  assert.ok(new TextEncoder().encode(html).length < 200 * 1024);
});

Deno.test("the status page leads to runs where it is known where people open the account", async () => {
  const runs = [run("01RUN", "UNCONFIRMED", 60), run("01MODULE", "QUEUED", 60, { isModule: true })];
  const accountUrl = new URL("https://acme.app.spacelift.io/");
  const links = linksOf((await pageOf(runs, { accountUrl })).html);
  assert.ok(links.includes("https://acme.app.spacelift.io/stack/s/run/01RUN"), links.join(" "));
  assert.ok(!links.some((link) => link.includes("01MODULE")), "a link that cannot be right");
  assert.doesNotMatch((await pageOf(runs)).html, /01RUN/);
});

Deno.test("the status page shows a script in the words of a run as text", async () => {
  const { html } = await pageOf([run("x", "<script>1</script>", 60, { type: '"><img>' })]);
  assert.doesNotMatch(html, /<(?:script|img)\b/);
});

/** A run of the stack `s` that came into a state so many seconds ago. */
function run(id: string, state: string, secondsAgo: number, changes: Partial<Run> = {}): Run {
  const plain = plainRun(id, "s", ["QUEUED", state]);
  const history = plain.history.map((transition, index) => ({
    ...transition,
    timestamp: NOW - secondsAgo - (index === 0 ? 10 : 0),
  }));
  return { ...plain, createdAt: NOW - secondsAgo - 10, history, ...changes };
}

/** The page after one poll. */
async function pageOf(runs: Run[], facts: Partial<Status> = {}) {
  const account = {
    ...emptyAccount(),
    stacks: [plainStack("s")],
    runs: runs.toSorted((a, b) => a.createdAt - b.createdAt),
  };
  await using test = startExporter({ account, background: true, flags: onlyCollectors("runs") });
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");
  const answer = statusRoute(() => ({
    account: "example.com",
    accountUrl: undefined,
    simulated: false,
    reports: test.exporter.scraper.peek(),
    now: NOW,
    ...facts,
  }));
  return parseStatusPage(await answer({ url: "/" }).text());
}
