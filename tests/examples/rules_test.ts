import assert from "node:assert/strict";
import { CATALOGUE } from "../../src/app/catalogue.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";
import { runTool } from "../support/run_tool.ts";
import { type Catalogue, knownSeries } from "./known_series.ts";
import { labelsOf } from "./promql.ts";
import {
  ALERTS,
  ALERTS_TEXT,
  RECORDING_RULES,
  RULE_PATHS,
  RULES_TEXT,
  RUNBOOK_TEXT,
} from "./rule_files.ts";

/** What is wrong in a file, by the families that the exporter has. */
type FindProblems = (catalogue: Catalogue) => string[];

const FILES: Readonly<Record<string, { text: string; problems: FindProblems }>> = {
  "rules.yaml": {
    text: RULES_TEXT,
    problems: (catalogue) => findProblems(RECORDING_RULES.map(({ expr }) => expr), catalogue),
  },
  "alerts.yaml": {
    text: ALERTS_TEXT,
    problems: (catalogue) => findProblems(ALERTS.map(({ expr }) => expr), catalogue),
  },
  "RUNBOOK.md": {
    text: RUNBOOK_TEXT,
    problems: (catalogue) => findProblems(expressionsIn(RUNBOOK_TEXT), catalogue),
  },
};

for (const [file, { text, problems }] of Object.entries(FILES)) {
  Deno.test(`${file}: every metric and label in it exists`, () => {
    assert.deepEqual(problems(CATALOGUE), []);
    const known = knownSeries();
    const unknown = namesIn(text).filter((name) => known(name) === undefined);
    assert.deepEqual(unknown, [], "There are no such metrics");
  });

  Deno.test(`${file}: renaming any metric or label in it is noticed`, () => {
    const used = namesIn(text).flatMap((name) => CATALOGUE.get(name) ?? []);
    assert.ok(used.length > 3, "Too few metrics are used");
    for (const { family, collectors } of used) {
      const without = new Map([...CATALOGUE].filter(([name]) => name !== family.name));
      const message = `There is no metric ${family.name}`;
      assert.ok(problems(without).some((problem) => problem.includes(message)), message);
      const renamed = { ...family, labels: family.labels.map((label) => `${label}_renamed`) };
      const relabelled = new Map(CATALOGUE).set(family.name, { family: renamed, collectors });
      const matched = family.labels.some((label) => text.includes(`${family.name}{${label}=`));
      if (matched) assert.ok(problems(relabelled).length > 0, `The labels of ${family.name}`);
    }
  });
}

Deno.test("rules: labels are followed through every kind of expression", () => {
  const known = knownSeries();
  const pending = "spacelift_worker_pool_runs_pending";
  const labels = (expression: string) => [...labelsOf(expression, known)].sort().join(" ");
  const all = "instance job pod worker_pool_id worker_pool_name";
  assert.equal(labels(`rate(${pending}[5m] offset 1h) > 3`), all);
  assert.equal(labels(`sum by (job) (${pending})`), "job");
  assert.equal(
    labels(`max without (instance, pod) (${pending})`),
    "job worker_pool_id worker_pool_name",
  );
  assert.equal(labels(`${pending} * on (job) group_left () up`), all);
  assert.equal(labels(`spacelift_up / on (job) sum by (job) (${pending})`), "job");
  assert.equal(labels(`spacelift_up or ${pending}`), all);
  assert.equal(labels(`topk(3, ${pending}) and spacelift_up`), all);
  assert.equal(labels("time() - spacelift_up"), "instance job pod");
  assert.equal(labels("absent(spacelift_up)"), "");
  for (
    const [expression, wrong] of [
      [`${pending}{space="root"}`, /No label space/],
      [`sum by (space) (${pending})`, /No label space/],
      [`sum by (instance) (max by (job) (${pending}))`, /No label instance/],
      [`${pending} and on (worker_pool_id) spacelift_up`, /No label worker_pool_id/],
      [`${pending} * on (job) group_left (version) spacelift_up`, /No label version/],
      ["spacelift_nothing", /There is no metric spacelift_nothing/],
      ["sum(spacelift_up", /Bad PromQL/],
    ] as const
  ) assert.throws(() => labelsOf(expression, known), wrong, expression);
});

Deno.test("alerts.yaml: texts mention only labels that the alert has", () => {
  for (const { alert, expr, annotations } of ALERTS) {
    const labels = labelsOf(expr, knownSeries());
    const texts = Object.values(annotations).join("\n");
    for (const [, label] of texts.matchAll(/\$labels\.(\w+)/g)) {
      assert.ok(labels.has(String(label)), `${alert} mentions ${label} but has ${[...labels]}`);
    }
  }
});

Deno.test("alerts.yaml: an alert on single stacks ends where the one that counts them begins", () => {
  for (const name of ["Failed", "Unconfirmed", "Drifted", "RunsFailing"]) {
    const [single = "", counting = ""] = [`SpaceliftStack${name}`, `SpaceliftStacks${name}`]
      .map((name) => ALERTS.find(({ alert }) => alert === name)?.expr);
    const [trouble = ""] = single.split("\n");
    const crowd = `count without (space, stack) (${trouble}) > 20`;
    assert.equal(single, `${trouble}\nunless ignoring (space, stack)\n  ${crowd}`);
    assert.equal(
      counting,
      `count without (stack) (${trouble})\nand ignoring (space)\n  ${crowd}`,
    );
  }
});

testWithPrometheus("rules: promtool finds nothing wrong with them", async ({ promtool }) => {
  const { code, stdout, stderr } = await runTool(promtool, ["check", "rules", ...RULE_PATHS]);
  assert.equal(code, 0, `${stderr}${stdout}`);
  assert.doesNotMatch(`${stderr}${stdout}`, /duplicate/);
});

testWithPrometheus(
  "rules: no drifted stack is forgotten when one alert begins to count them",
  async ({ promtool }) => {
    const firing = (eval_time: string, alert: string, value: number) => ({
      expr: 'count by (alertname) (ALERTS{alertname=~".*Drifted", alertstate="firing"})',
      eval_time,
      exp_samples: [{ labels: `{alertname="${alert}"}`, value }],
    });
    await testRules(promtool, [{
      interval: "4m",
      input_series: Array.from({ length: 25 }, (_, n) => ({
        series: `spacelift_stack_drifted{instance="a",job="spacelift",space="root",stack="s${n}"}`,
        // Fifteen drift at once, ten more after two hours; for twenty-four minutes nothing is scraped.
        values: n < 15 ? "1x100 _x5 1x330" : "0x30 1x70 _x5 1x330",
      })),
      promql_expr_test: [
        firing("1d8m", "SpaceliftStackDrifted", 15),
        firing("1d112m", "SpaceliftStackDrifted", 15),
        firing("1d136m", "SpaceliftStacksDrifted", 1),
      ],
    }]);
  },
);

/** The ways in which exporters serve two stacks; the series and how often each has to count. */
const WAYS: Readonly<Record<string, { series: readonly string[]; single: number }>> = {
  "by default": {
    series: [
      'spacelift_current_stacks_count_by_state{instance="a",space="root",stack="x",state="FAILED"} 1',
      'spacelift_current_stacks_count_by_state{instance="a",space="b",stack="y",state="FAILED"} 1',
    ],
    single: 2,
  },
  "with --stacks-totals": {
    series: [
      'spacelift_current_stacks_count_by_state{instance="a",space="",stack="",state="FAILED"} 2',
      'spacelift_stack_state{instance="a",space="root",stack="x",state="FAILED"} 1',
      'spacelift_stack_state{instance="a",space="b",stack="y",state="FAILED"} 1',
    ],
    single: 2,
  },
  "with --stacks-totals, by two exporters of which one has not walked yet": {
    series: [
      'spacelift_current_stacks_count_by_state{instance="a",space="",stack="",state="FAILED"} 2',
      'spacelift_current_stacks_count_by_state{instance="b",space="",stack="",state="FAILED"} 2',
      'spacelift_stack_state{instance="b",space="root",stack="x",state="FAILED"} 1',
      'spacelift_stack_state{instance="b",space="b",stack="y",state="FAILED"} 1',
    ],
    single: 2,
  },
  "without the collector of stacks": {
    series: [
      'spacelift_current_stacks_count_by_state{instance="a",space="",stack="",state="FAILED"} 2',
    ],
    single: 0,
  },
};

testWithPrometheus(
  "rules: a stack counts once, whichever way it is served",
  async ({ promtool }) => {
    const expect = (expr: string, values: readonly number[]) => ({
      expr,
      eval_time: "4m",
      exp_samples: values.map((value) => ({ labels: "{}", value })),
    });
    // The families on resources are served in the same ways.
    const ofResources = (line: string) =>
      line.replace("spacelift_stack_state", "spacelift_stack_resources_by_drift")
        .replace("stacks_count_by_state", "resources_count_by_drift");
    const tests = Object.entries(WAYS).map(([name, { series, single }]) => ({
      name,
      interval: "4m",
      input_series: [...series, ...series.map(ofResources)].map((line) => {
        const [name = "", value = ""] = line.split(" ");
        return { series: name, values: `${value}x1` };
      }),
      promql_expr_test: [
        expect("sum(spacelift:stacks:count_by_state)", [2]),
        expect("sum(spacelift:stacks:count_by_space_and_state)", [2]),
        expect("sum(spacelift:resources:count_by_space_and_drift)", [2]),
        expect('count(spacelift:stack_state{stack!=""})', single === 0 ? [] : [single]),
      ],
    }));
    await testRules(promtool, tests);
  },
);

testWithPrometheus(
  "rules: a drained worker that is still busy counts twice only where the API reports mere totals",
  async ({ promtool }) => {
    const figures = { "": 2, _drained: 1, _busy: 1 };
    const tests = [{ ...figures, _free: 1 }, figures].map((figures) => ({
      interval: "4m",
      input_series: Object.entries(figures).flatMap(([suffix, value]) =>
        ["a", "b"].map((instance) => ({
          series: `spacelift_worker_pool_workers${suffix}{instance="${instance}"}`,
          values: `${value}x1`,
        }))
      ),
      promql_expr_test: [{
        expr: "sum(spacelift:worker_pool_workers:free)",
        eval_time: "4m",
        exp_samples: [{ labels: "{}", value: "_free" in figures ? 1 : 0 }],
      }],
    }));
    await testRules(promtool, tests);
  },
);

/** Has promtool run tests on the rules; throws what it says when one fails. */
async function testRules(promtool: string, tests: readonly unknown[]): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    // JSON is YAML.
    const file = { rule_files: RULE_PATHS, evaluation_interval: "4m", tests };
    await Deno.writeTextFile(path, JSON.stringify(file));
    const { code, stdout, stderr } = await runTool(promtool, ["test", "rules", path]);
    assert.equal(code, 0, stdout + stderr);
  } finally {
    await Deno.remove(path);
  }
}

/** What is wrong with each of some expressions. */
function findProblems(expressions: readonly string[], catalogue: Catalogue): string[] {
  assert.notEqual(expressions.length, 0);
  const known = knownSeries(catalogue);
  return expressions.flatMap((expression) => {
    try {
      labelsOf(expression, known);
      return [];
    } catch (error) {
      return [String(error)];
    }
  });
}

/** The pieces of code in a Markdown text that mention metrics: each has to be PromQL. */
function expressionsIn(markdown: string): string[] {
  return [...markdown.matchAll(/`([^`\n]*)`/g)].map(([, code]) => String(code))
    .filter((code) => /\bspacelift[_:]/.test(code));
}

/** Everything in a text that looks like a metric, scraped or recorded. */
function namesIn(text: string): string[] {
  return [...new Set(text.match(/\bspacelift[_:][a-z0-9_:]*[a-z0-9_]/g))];
}
