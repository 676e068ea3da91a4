import { ALERT_GROUPS, ALERTS, RECORDING_GROUPS } from "../rule_files.ts";
import { type ExpectedAlert, type Scenario, secondsIn } from "./scenario.ts";
import type { InputSeries } from "./series_recorder.ts";

interface Expectation {
  readonly expr: string;
  readonly value: (alert: ExpectedAlert) => number;
}

/** The input of `promtool test rules` for what a scenario expects of the alerts. */
export function ruleTestFile(
  scenario: Scenario,
  options: { series: readonly InputSeries[]; ruleFiles: readonly string[]; major: 2 | 3 },
): string {
  const { step, alerts } = scenario;
  const { major } = options;
  const exprTests = expectations(scenario, major).map(({ expr, value }) => ({
    expr,
    eval_time: `${scenario.duration}s`,
    exp_samples: alerts.map((alert) => ({
      labels: `{alertname="${alert.name}"}`,
      value: value(alert),
    })),
  }));
  const file = {
    rule_files: options.ruleFiles,
    evaluation_interval: `${step}s`,
    // In this order alerts see what was recorded at the same moment; Prometheus keeps to none.
    group_eval_order: [...RECORDING_GROUPS, ...ALERT_GROUPS].map(({ name }) => name),
    tests: [{
      interval: `${step}s`,
      input_series: options.series,
      promql_expr_test: exprTests,
      alert_rule_test: alerts.flatMap((alert) => shownTest(alert, { scenario, major })),
    }],
  };
  // JSON is YAML, too.
  return JSON.stringify(file);
}

/** What PromQL has to say of the alerts at the end: when each first fired, last fired, how often. */
function expectations(
  { step, duration, begins, ends }: Scenario,
  major: 2 | 3,
): Expectation[] {
  const range = `${duration}s`;
  const firing = 'ALERTS{alertstate="firing"}';
  const times = `timestamp(${firing})[${range}:${step}s]`;
  const first = (alert: ExpectedAlert) => begins + secondsIn(alert.fires, major);
  const last = (alert: ExpectedAlert) => ends + secondsIn(alert.resolves, major) - step;
  return [
    { expr: `min by (alertname) (min_over_time(${times}))`, value: first },
    { expr: `max by (alertname) (max_over_time(${times}))`, value: last },
    {
      expr: `count_over_time(max by (alertname) (${firing})[${range}:${step}s])`,
      value: (alert) => (last(alert) - first(alert)) / step + 1,
    },
  ];
}

function shownTest(
  { name, fires, shown }: ExpectedAlert,
  { scenario, major }: { scenario: Scenario; major: 2 | 3 },
): unknown[] {
  if (shown === undefined) return [];
  const alert = ALERTS.find((alert) => alert.alert === name);
  if (alert === undefined) throw new Error(`There is no alert ${name}`);
  const { labels, summary, description } = shown;
  return [{
    eval_time: `${scenario.begins + secondsIn(fires, major)}s`,
    alertname: name,
    exp_alerts: [{
      exp_labels: { ...alert.labels, ...labels },
      exp_annotations: { ...alert.annotations, summary, description },
    }],
  }];
}
