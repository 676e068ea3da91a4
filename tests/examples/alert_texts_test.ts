import assert from "node:assert/strict";
import { runTool } from "../support/run_tool.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";
import { ALERTS, RULE_PATHS } from "./rule_files.ts";

/** An alert on a number of things, with what makes it fire for them and what it then says. */
interface Counted {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: (count: number) => Readonly<Record<string, string>>;
  readonly says: Readonly<Record<1 | 2, string>>;
}

const POOL = { worker_pool_id: "01A", worker_pool_name: "a" };
const LABELS = '{worker_pool_id="01A",worker_pool_name="a"}';

const COUNTED: readonly Counted[] = [
  {
    alert: "SpaceliftWorkerPoolQueueGrowing",
    labels: POOL,
    series: (count) => ({
      [`spacelift_worker_pool_runs_pending${LABELS}`]: `${count}`,
      [`spacelift_worker_pool_workers${LABELS}`]: "3",
      [`spacelift_worker_pool_workers_drained${LABELS}`]: "0",
      [`spacelift:worker_pool_workers:free${LABELS}`]: "0",
    }),
    says: {
      1: "1 run is queued for a worker of a (01A). For 15 minutes no worker has been free and the " +
        "queue has not become much shorter.",
      2: "2 runs are queued for a worker of a (01A). For 15 minutes no worker has been free and " +
        "the queue has not become much shorter.",
    },
  },
  {
    alert: "SpaceliftPublicWorkerPoolQueueGrowing",
    labels: {},
    series: (count) => ({
      spacelift_public_worker_pool_runs_pending: `${count}`,
      spacelift_public_worker_pool_parallelism: "3",
      spacelift_public_worker_pool_workers_busy: "3",
    }),
    says: {
      1: "1 run is queued for a public worker. For 15 minutes the account has used all of its " +
        "parallelism and the queue has not become much shorter.",
      2: "2 runs are queued for a public worker. For 15 minutes the account has used all of its " +
        "parallelism and the queue has not become much shorter.",
    },
  },
  {
    alert: "SpaceliftWorkerPoolDrained",
    labels: POOL,
    series: (count) => ({
      [`spacelift_worker_pool_workers${LABELS}`]: `${count}`,
      [`spacelift_worker_pool_workers_drained${LABELS}`]: `${count}`,
    }),
    says: {
      1: "Every worker of a (01A), 1 in all, has been drained for 10 minutes: no run can start there.",
      2: "Every worker of a (01A), 2 in all, has been drained for 10 minutes: no run can start there.",
    },
  },
  {
    alert: "SpaceliftWorkerPoolWithoutWorkers",
    labels: POOL,
    series: (count) => ({
      [`spacelift_worker_pool_runs_pending${LABELS}`]: `${count}`,
      [`spacelift_worker_pool_workers${LABELS}`]: "0",
    }),
    says: {
      1: "1 run is queued in a (01A), and for 10 minutes the pool has had no worker at all.",
      2: "2 runs are queued in a (01A), and for 10 minutes the pool has had no worker at all.",
    },
  },
  {
    alert: "SpaceliftDriftDetectionFailing",
    labels: { space: "root" },
    series: (count) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `spacelift:drift_detection_failed:increase25h{drift_detection="true",space="root",stack="${index}"}`,
          "1",
        ]),
      ),
    says: {
      1: "On 1 stack of the space root, drift detection has failed for over a day without " +
        "succeeding. Changes made elsewhere go unnoticed there.",
      2: "On 2 stacks of the space root, drift detection has failed for over a day without " +
        "succeeding. Changes made elsewhere go unnoticed there.",
    },
  },
];

testWithPrometheus(
  "alerts: they count one thing in the singular and two in the plural",
  async ({ promtool }) => {
    const tests = COUNTED.flatMap((counted) =>
      ([1, 2] as const).map((count) => ruleTest(counted, count))
    );
    const path = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      // Without the recording rules: what they would record is given.
      const rule_files = RULE_PATHS.filter((path) => path.endsWith("alerts.yaml"));
      // JSON is YAML.
      await Deno.writeTextFile(path, JSON.stringify({ rule_files, tests }));
      const { code, stdout, stderr } = await runTool(promtool, ["test", "rules", path]);
      assert.equal(code, 0, stdout + stderr);
    } finally {
      await Deno.remove(path);
    }
  },
);

Deno.test("alerts: every text in which a noun follows a number is among those above", () => {
  const named = new Set(COUNTED.map(({ alert }) => alert));
  // It fires from the third run in a row.
  named.add("SpaceliftStackRunsFailing");
  for (const { alert, annotations: { summary, description } } of ALERTS) {
    const counts = /\{\{ \$value(?: \| printf "%\.0f")? \}\} (?!of them\b|in all\b)/;
    if (counts.test(summary) || counts.test(description)) assert.ok(named.has(alert), alert);
  }
});

function ruleTest({ alert, labels, series, says }: Counted, count: 1 | 2): unknown {
  const found = ALERTS.find((each) => each.alert === alert);
  if (found === undefined) throw new Error(`There is no alert ${alert}`);
  const { description: _, ...annotations } = found.annotations;
  const fill = (text: string) =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "");
  return {
    interval: "1m",
    input_series: Object.entries(series(count)).map(([series, value]) => ({
      series,
      values: `${value}x20`,
    })),
    alert_rule_test: [{
      eval_time: "16m",
      alertname: alert,
      exp_alerts: [{
        exp_labels: { ...found.labels, ...labels },
        exp_annotations: {
          ...annotations,
          summary: fill(found.annotations.summary),
          description: says[count],
        },
      }],
    }],
  };
}
