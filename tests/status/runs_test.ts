import assert from "node:assert/strict";
import { RunsOverview } from "../../src/collectors/runs/overview.ts";
import { emptyAccount, plainRun, plainStack, type Run } from "../../src/demo/api/account.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { type Status, statusRoute } from "../../src/status/page.ts";
import { eventually } from "../support/eventually.ts";
import { onlyCollectors, startExporter, type TestExporter } from "../support/start_exporter.ts";
import { linksOf, parseStatusPage, type StatusPage } from "../support/status_page.ts";

const NOW = 1_800_000_000;

Deno.test("the status page shows that no run is under way", async () => {
  const { sections } = await pageOf([]);
  assert.equal(sections.get("Runs"), "No run is under way. No run has ended recently.");
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

Deno.test("runs that wait for a person need one unless their stack already says so", async () => {
  const account = {
    ...emptyAccount(),
    stacks: [{ ...plainStack("s"), state: "UNCONFIRMED" }, plainStack("quiet")],
    runs: [
      run("a", "UNCONFIRMED", 7200),
      run("b", "PENDING_REVIEW", 3600, { type: "PROPOSED", stackId: "quiet" }),
      run("c", "UNCONFIRMED", 60, { isModule: true, type: "TESTING" }),
      run("d", "READY", 60),
    ],
  };
  await using test = startExporter({
    account,
    background: true,
    flags: onlyCollectors("runs", "stacks"),
  });
  await eventually(
    () => test.peek("runs")?.data !== undefined && test.peek("stacks")?.data !== undefined,
    "Nothing is read",
  );
  const { cards, headline, html } = await pageAfter(test);
  assert.equal(headline, "2 runs are waiting for a person and 1 stack is unconfirmed.");
  assert.match(html, /<title>2 to review, 1 unconfirmed - /);
  const { amount, lines = [] } = cards.get("Waiting for a person") ?? {};
  assert.equal(amount, "2");
  assert.deepEqual(lines.map(([name, since]) => [name, since]), [
    ["quiet", "1 h ago"],
    ["A run without a stack", "1 min ago"],
  ]);
});

Deno.test("without the collector of stacks every waiting run is listed, and none twice with the totals", async () => {
  const waiting = [run("a", "UNCONFIRMED", 60), run("b", "PENDING_REVIEW", 60)];
  const { headline } = await pageOf(waiting);
  assert.equal(headline, "2 runs are waiting for a person.");
  const account = {
    ...emptyAccount(),
    stacks: [{ ...plainStack("s"), state: "UNCONFIRMED" }],
    runs: waiting,
  };
  await using test = startExporter({
    account,
    background: true,
    flags: onlyCollectors("runs", "aggregates"),
  });
  await test.get();
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");
  const page = await pageAfter(test);
  assert.equal(page.headline, "1 run is waiting for a person and 1 stack is unconfirmed.");
});

for (
  const [state, { reason, age, note }] of Object.entries(
    {
      old: { reason: "unreachable", age: 240, note: "From 4 min ago." },
      missing: {
        reason: "unreachable",
        age: undefined,
        note: "Missing. Spacelift cannot be reached.",
      },
      "not available": {
        reason: "unsupported",
        age: undefined,
        note: "Not available to this API key.",
      },
    } as const,
  )
) {
  Deno.test(`the section of runs says when its data is ${state}`, async () => {
    const account = { ...emptyAccount(), stacks: [plainStack("s")], runs: [run("a", "READY", 60)] };
    await using test = startExporter({ account, background: true, flags: onlyCollectors("runs") });
    await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");
    const reports = test.exporter.scraper.peek().map((report) => ({
      ...report,
      failure: new ApiError(reason, "It is not to be had"),
      ...(age === undefined
        ? { data: undefined, lastSuccess: undefined }
        : { lastSuccess: NOW - age }),
    }));
    const { sections } = await pageAfter(test, { reports });
    const queued =
      "Waiting for a worker 1 s 1 min ago READY, TRACKED, root No run has ended recently.";
    assert.equal(sections.get("Runs"), age === undefined ? note : `${note} ${queued}`);
  });
}

Deno.test("5,000 runs under way with long names take little of the page", async () => {
  const long = "x".repeat(120);
  const states = ["UNCONFIRMED", "PENDING_REVIEW", "READY", "PLANNING"];
  const runs = Array.from({ length: 5000 }, (_, n) => {
    return {
      id: `r${n}`,
      stack: `${long}${n}`,
      space: long,
      type: long,
      driftDetection: "false",
      createdAt: NOW - n,
      course: {
        state: states[n % 4] ?? "",
        hasEnded: false,
        isLagging: false,
        since: NOW - n,
        began: NOW - n,
        spent: undefined,
      },
    } as const;
  });
  const lastEnded = runs.slice(0, 50);
  const overview = new RunsOverview({ unfinished: runs, lastEnded, omitted: 1 });
  await using test = startExporter({ flags: onlyCollectors("runs"), background: true });
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");
  const page = async (overview: RunsOverview) => {
    const reports = test.exporter.scraper.peek().map((report) => ({
      ...report,
      data: { families: [], overview },
    }));
    return await pageAfter(test, { reports, accountUrl: new URL("https://acme.app.spacelift.io") });
  };
  const { html, sections } = await page(overview);
  const none = await page(new RunsOverview({ unfinished: [], lastEnded: [], omitted: 0 }));
  assert.match(sections.get("Runs") ?? "", /^Waiting for a person 2,500 .*And 2,495 more\./);
  const bytes = html.length - none.html.length;
  assert.ok(bytes < 20 * 1024, `${bytes} bytes`);
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
  const account = { ...emptyAccount(), stacks: [plainStack("s")], runs: inOrder(runs) };
  await using test = startExporter({ account, background: true, flags: onlyCollectors("runs") });
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");
  return await pageAfter(test, facts);
}

function inOrder(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => a.createdAt - b.createdAt);
}

/** The page on what an exporter knows. */
async function pageAfter(test: TestExporter, facts: Partial<Status> = {}): Promise<StatusPage> {
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
