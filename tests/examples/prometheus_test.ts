import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { type Clock, systemClock } from "../../src/clock.ts";
import { type Account, emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import { Simulation } from "../../src/demo/life/simulation.ts";
import { eventually } from "../support/eventually.ts";
import { onlyCollectors } from "../support/start_exporter.ts";
import { type Prometheus, startPrometheus } from "../support/start_prometheus.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { testWithEachPrometheus } from "../support/test_with_prometheus.ts";
import { dashboardJson, panelQueries } from "./dashboard_json.ts";
import { startLiveExporter } from "./live_exporter.ts";
import { ALERT_GROUPS, copyRules, RECORDING_RULES } from "./rule_files.ts";
import {
  crowdedAccount,
  endRun,
  runsUnderWay,
  troubledAccount,
  waitingRuns,
} from "./troubled_account.ts";

/** The demo, two accounts full of trouble, one without per-stack data, and exporters in trouble. */
const JOBS = {
  demo: "spacelift-demo",
  trouble: "spacelift-trouble",
  runs: "spacelift-runs",
  crowd: "spacelift-crowd",
  plain: "spacelift-plain",
  totals: "spacelift-totals",
  cut: "spacelift-cut",
  revoked: "spacelift-revoked",
  gone: "spacelift-gone",
} as const;

/** Panels whose queries find nothing while all is well. */
const TROUBLE_ONLY = ["Failed API requests"];

/** Panels with figures that only the collector of aggregates has. */
const AGGREGATES = [
  "Resources per stack",
  "Average run duration",
  "Median run duration",
  "Run duration",
];

/** Panels with lines that only newer servers give. */
const SCHEDULABLE = ["All private workers (in part)", "Runs executing (in part)"];

/** Records that need to have seen two days; promtool plays those. */
const DAY_LONG = ["spacelift:drift_detection_failed:increase25h"];

/** Panels of runs that have ended or wait; when the demo has such runs is left to chance. */
const RUNS = [
  "Runs that ended, by outcome",
  "Time at work",
  "Time in the queue by space",
  "What waits longest",
];

/** Panels that need the details of stacks. */
const DETAILS = ["Waiting for approval", "Blocked", "Locked", "Disabled"];

/** Panels that need the collector of stacks. */
const PER_STACK = [
  "Stacks left out",
  "Failed and unconfirmed stacks",
  "Drifted stacks",
  // Which ones, and since when, only the collector of stacks knows.
  "Drifted (in part)",
  "Failed stacks (in part)",
  "Unconfirmed stacks (in part)",
  ...DETAILS,
];

const HASTE = 20;

/** By this clock a minute passes within a few seconds, and all that waits for it with it. */
const HASTY_CLOCK: Clock = {
  ...systemClock,
  monotonic: () => HASTE * systemClock.monotonic(),
  after: (ms, callback) => systemClock.after(ms / HASTE, callback),
};

const HOUR_AGO = () => Date.now() / 1000 - 3600;

testWithEachPrometheus(
  "every expression and rule gives data on exporters that it has scraped",
  async (found, t) => {
    await using folder = await tempFolder({});
    await using running = new AsyncDisposableStack();
    const runs = failingRuns(Math.floor(Date.now() / 1000));
    const targets = await startExporters(running, runs);
    const ruleFiles = await copyRules(folder.url.pathname, { private: 60_000, public: 60_000 });
    const servers = new Map<string, Prometheus>();
    for (const tools of found) {
      servers.set(
        tools.name,
        running.use(await startPrometheus(tools, { targets, ruleFiles, interval: "2s" })),
      );
    }
    const each = (wait: (prometheus: Prometheus) => Promise<void>) =>
      Promise.all([...servers.values()].map(wait));
    await each(settled);
    for (const [name, prometheus] of servers) {
      await t.step(name, (t) => checkWithoutRuns(prometheus, t));
    }
    await runsHaveEnded(runs, (expression) => each((prometheus) => comes(prometheus, expression)));
    for (const [name, prometheus] of servers) {
      await t.step(`${name}, once runs have ended`, (t) => checkWithRuns(prometheus, t));
    }
  },
);

async function checkWithoutRuns(prometheus: Prometheus, t: Deno.TestContext): Promise<void> {
  await t.step(
    "dashboard: all of it shows something on the demo",
    () => comesToLack(prometheus, JOBS.demo, TROUBLE_ONLY),
  );
  await t.step(
    "dashboard: all of it works without the rules",
    () => comesToLack(prometheus, JOBS.demo, TROUBLE_ONLY, WITHOUT_RULES),
  );
  await t.step(
    "dashboard: all of it works with --stacks-totals",
    () => comesToLack(prometheus, JOBS.totals, TROUBLE_ONLY),
  );
  await t.step(
    "dashboard: most of it works without per-stack data",
    () => comesToLack(prometheus, JOBS.plain, PER_STACK),
  );
  await t.step("dashboard: in trouble it shows the trouble", () => {
    const lacking = [...AGGREGATES, ...SCHEDULABLE, ...DETAILS];
    return comesToLack(prometheus, JOBS.trouble, lacking);
  });
  await t.step("variables of the dashboard", () => checkVariables(prometheus));
}

async function checkWithRuns(prometheus: Prometheus, t: Deno.TestContext): Promise<void> {
  await t.step("dashboard: it shows runs, with the rules and without", async () => {
    for (const options of [{}, WITHOUT_RULES]) {
      await comesToLack(prometheus, JOBS.runs, [], { ...options, titles: RUNS });
    }
  });
  await t.step("recording rules", () => checkRecordingRules(prometheus));
  await t.step("alerts", () => checkAlerts(prometheus));
}

/** An account with runs under way, most of them of more stacks than are named one by one. */
function failingRuns(now: number): Account {
  const ids = ["well", ...Array.from({ length: 21 }, (_, n) => `stack-${n}`)];
  const spaceOf = (id: string) => id === "unread" ? "unread" : "root";
  return {
    ...emptyAccount(),
    stacks: [...ids, "unserved", "unread"].map((id) => ({
      ...plainStack(id),
      space: spaceOf(id),
      state: "FAILED",
    })),
    runs: [...waitingRuns(now), ...runsUnderWay(ids, now)],
  };
}

/** Ends the runs of one stack and then all others, as soon as every Prometheus has scraped them. */
async function runsHaveEnded(
  { runs }: Account,
  come: (expression: string) => Promise<unknown>,
): Promise<void> {
  const counted = (stack: string) =>
    `spacelift_runs_total{job="${JOBS.runs}", stack="${stack}", state=~"FAILED|FINISHED"}`;
  await come(counted("well"));
  const now = () => Math.floor(Date.now() / 1000);
  for (const run of runs) if (run.stackId === "well") endRun(run, "FINISHED", now());
  await come(`${counted("well")} > 0`);
  for (const run of runs) if (run.stackId.startsWith("stack-")) endRun(run, "FAILED", now());
  await come(`spacelift:stack_runs_failed:in_a_row{job="${JOBS.runs}"} >= 3`);
  await come(`spacelift:run_queue_seconds:quantile6h{job="${JOBS.runs}"}`);
  await come(`spacelift:runs:success_ratio6h{job="${JOBS.runs}"}`);
}

/** Waits until a query finds something. */
async function comes(prometheus: Prometheus, expression: string): Promise<void> {
  const isFound = async () => (await prometheus.query(expression)).length > 0;
  await eventually(isFound, `It never comes to ${expression}`);
}

async function startExporters(
  stack: AsyncDisposableStack,
  failing: Account,
): Promise<Record<string, string>> {
  const now = () => Math.floor(Date.now() / 1000);
  const simulation = new Simulation({
    stacks: 100,
    workerPools: 4,
    workersPerPool: 5,
    seed: 1,
    startedAt: now(),
  });
  const account = () => {
    simulation.advanceTo(now());
    // Whether runs wait just now is left to chance; here some always do.
    const { workerPools } = simulation.account;
    return {
      ...simulation.account,
      workerPools: workerPools.map((pool) => ({ ...pool, pendingRuns: pool.pendingRuns + 1 })),
    };
  };
  // By the clock of this one, everything was fetched 20 minutes ago.
  const clock = { ...systemClock, wall: () => systemClock.wall() - 20 * 60_000 };
  const troubled = troubledAccount(now());
  const flags = ["--stacks-details"];
  const [runs, demo, trouble, crowd, plain, totals, cut, revoked] = [
    stack.use(
      await startLiveExporter({ account: failing }, {
        clock: HASTY_CLOCK,
        flags: [
          // An answer that is asked for on a scrape would come too late by this clock.
          ...onlyCollectors("runs"),
          "--scrape-timeout=10m",
          `--runs-refresh-interval=${HASTE}s`,
          "--webhook-listen-address=127.0.0.1:0",
          "--webhook-secret=never used",
        ],
      }),
    ),
    stack.use(await startLiveExporter({ account }, { flags })),
    stack.use(await startLiveExporter({ account: troubled }, { clock })),
    stack.use(await startLiveExporter({ account: crowdedAccount(now()) })),
    stack.use(
      await startLiveExporter(
        { account, refusedToMachines: ["searchStacks"] },
        { flags },
      ),
    ),
    stack.use(await startLiveExporter({ account }, { flags: [...flags, "--stacks-totals"] })),
    stack.use(await startLiveExporter({ account })),
    stack.use(await startLiveExporter({ account })),
  ];
  trouble.api.faults.set("PrometheusExporter_Aggregates", { status: 429 });
  // These two have data to remember before their trouble begins.
  for (const { address } of [cut, revoked]) await (await fetch(`http://${address}/metrics`)).text();
  cut.api.faults.set("*", { status: 502 });
  revoked.api.apiKey.revoke();
  return {
    [JOBS.demo]: demo.address,
    [JOBS.trouble]: trouble.address,
    [JOBS.runs]: runs.address,
    [JOBS.crowd]: crowd.address,
    [JOBS.plain]: plain.address,
    [JOBS.totals]: totals.address,
    [JOBS.cut]: cut.address,
    [JOBS.revoked]: revoked.address,
    [JOBS.gone]: "127.0.0.1:1",
  };
}

/** Waits until rates and the rules that build on them have something to work on. */
async function settled(prometheus: Prometheus): Promise<void> {
  const recorded =
    `spacelift:collector_failures:increase5m{job="${JOBS.revoked}", reason="unauthorized"} > 0`;
  const scrapes = `count_over_time(spacelift_up{job="${JOBS.demo}"}[1m]) >= 6`;
  for (const expression of [scrapes, recorded]) await comes(prometheus, expression);
}

/** As if the rules on stacks and runs were not loaded. */
const WITHOUT_RULES = { recorded: "none:" };

/** Waits until exactly these panels show nothing; a busy machine may let a scrape or two run late. */
async function comesToLack(
  prometheus: Prometheus,
  job: string,
  titles: readonly string[],
  options: PanelOptions = {},
): Promise<void> {
  const expected = titles.toSorted();
  let empty: readonly string[] = [];
  await eventually(
    async () => {
      empty = await emptyPanels(prometheus, job, options);
      return isDeepStrictEqual(empty, expected);
    },
    () => `Panels that show nothing: ${empty.join(", ")}; expected: ${expected.join(", ")}`,
  );
}

/** What the names of records begin with, if not as they do, and which panels to look at, if not all. */
interface PanelOptions {
  readonly recorded?: string;
  readonly titles?: readonly string[];
}

/**
 * The titles of the panels that show nothing for a job, or not all they could: of those given, or of
 * all that do not show runs. The names of records may begin otherwise than they do.
 */
async function emptyPanels(
  prometheus: Prometheus,
  job: string,
  { recorded = "spacelift:", titles }: PanelOptions,
): Promise<string[]> {
  const found = new Map<string, boolean[]>();
  for (const { panel: { title }, target } of panelQueries()) {
    if (!(titles?.includes(title) ?? !RUNS.includes(title))) continue;
    const expression = target.expr.replaceAll(/\bspacelift:(?=stack_|run)/g, recorded);
    const results = await prometheus.query(fillIn(expression, job));
    found.set(title, [...found.get(title) ?? [], results.length > 0]);
  }
  const empty = [...found].filter(([, queries]) => queries.includes(false))
    .map(([title, queries]) => queries.includes(true) ? `${title} (in part)` : title);
  return empty.toSorted();
}

async function checkVariables(prometheus: Prometheus): Promise<void> {
  for (const { name, query } of dashboardJson().templating.list) {
    if (typeof query !== "object") continue;
    const [, selector, label, results] =
      /^(?:label_values\((.*), (\w+)\)|query_result\((.*)\))$/.exec(query.query) ?? [];
    const asked = results ?? `group by (${label}) (${selector})`;
    const found = await prometheus.query(fillIn(asked, JOBS.demo));
    const [, first] = /^group by \((\w+)/.exec(asked) ?? [];
    const values = found.map(({ labels }) => labels[String(first)]);
    assert.ok(values.length > 0 && !values.includes(undefined), `$${name} offers ${values}`);
  }
}

async function checkRecordingRules(prometheus: Prometheus): Promise<void> {
  assert.deepEqual(await prometheus.brokenRules(), [], "Prometheus cannot evaluate these rules");
  for (const { record } of RECORDING_RULES) {
    if (DAY_LONG.some((name) => name === record)) continue;
    const results = await prometheus.query(record);
    assert.ok(results.length > 0, `The rule ${record} records nothing`);
  }
}

/** Alerts give data for the exporters in trouble, and those on the exporter none for the demo. */
async function checkAlerts(prometheus: Prometheus): Promise<void> {
  for (const { name: group, rules } of ALERT_GROUPS) {
    for (const { alert: name, expr } of rules) {
      if (DAY_LONG.some((known) => expr.includes(known))) continue;
      // One stack alone in trouble would need an account of its own.
      if (name === "SpaceliftStackRunsFailing") continue;
      // That there is no exporter was true before this test began.
      const time = name === "SpaceliftExporterAbsent" ? HOUR_AGO() : undefined;
      // Prometheus has seen no drift for a day.
      const shortened = expr.replaceAll(">= 86400", ">= 0");
      const results = await prometheus.query(shortened, time);
      assert.ok(results.length > 0, `${name} finds no trouble where there is some`);
      if (group !== "spacelift-exporter" && group !== "spacelift-api") continue;
      const healthy = results.filter(({ labels }) => labels["job"] === JOBS.demo);
      assert.deepEqual(healthy, [], `${name} finds trouble where there is none`);
    }
  }
}

/** The expression with the values that Grafana would put in. */
function fillIn(expression: string, job: string): string {
  return expression
    .replaceAll("$job", job)
    .replaceAll("$space", ".*")
    .replaceAll("$worker_pool", ".*")
    .replaceAll("$__rate_interval", "10s")
    .replaceAll("$__range", "10m");
}
