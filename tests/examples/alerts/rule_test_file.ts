import { type AlertGroup, runbookUrl } from "../../../scripts/alerts/alert.ts";
import { recordingGroups } from "../../../scripts/alerts/recording_rules.ts";
import { alertGroups } from "../../../scripts/alerts.ts";
import { metricsOf } from "../../../scripts/metric_names.ts";
import type { ExpectedAlert, Scenario } from "./scenario.ts";
import type { InputSeries } from "./series_recorder.ts";

interface Expectation {
  readonly expr: string;
  readonly value: (alert: ExpectedAlert) => number;
}

/** The input of `promtool test rules` for what a scenario expects of the alerts. */
export function ruleTestFile(
  scenario: Scenario,
  options: { series: readonly InputSeries[]; ruleFiles: readonly string[] },
): string {
  const { step, alerts } = scenario;
  const metrics = metricsOf();
  const groups = alertGroups(metrics);
  const exprTests = expectations(scenario).map(({ expr, value }) => ({
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
    group_eval_order: [...recordingGroups(metrics), ...groups].map(({ name }) => name),
    tests: [{
      interval: `${step}s`,
      input_series: options.series,
      promql_expr_test: exprTests,
      alert_rule_test: alerts.flatMap((alert) => shownTest(alert, { scenario, groups })),
    }],
  };
  // JSON is YAML, too.
  return JSON.stringify(file);
}

/** What PromQL has to say of the alerts at the end: when each first fired, last fired, how often. */
function expectations({ step, duration, begins, ends }: Scenario): Expectation[] {
  const range = `${duration}s`;
  const firing = 'ALERTS{alertstate="firing"}';
  const times = `timestamp(${firing})[${range}:${step}s]`;
  const first = (alert: ExpectedAlert) => begins + alert.fires;
  const last = (alert: ExpectedAlert) => ends + alert.resolves - step;
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
  { scenario, groups }: { scenario: Scenario; groups: readonly AlertGroup[] },
): unknown[] {
  if (shown === undefined) return [];
  const alert = groups.flatMap(({ alerts }) => alerts).find((alert) => alert.name === name);
  if (alert === undefined) throw new Error(`There is no alert ${name}`);
  const { labels, summary, description } = shown;
  return [{
    eval_time: `${scenario.begins + fires}s`,
    alertname: name,
    exp_alerts: [{
      exp_labels: { severity: alert.severity, ...labels },
      exp_annotations: { summary, description, runbook_url: runbookUrl(alert) },
    }],
  }];
}
