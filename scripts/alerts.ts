import type { AlertGroup } from "./alerts/alert.ts";
import { apiAlerts } from "./alerts/api_alerts.ts";
import { exporterAlerts } from "./alerts/exporter_alerts.ts";
import { type Allowance, recordingGroups } from "./alerts/recording_rules.ts";
import { writeAlertFile, writeRecordingFile } from "./alerts/rule_file.ts";
import { writeRunbook } from "./alerts/runbook_file.ts";
import { stackAlerts } from "./alerts/stack_alerts.ts";
import { usageAlerts } from "./alerts/usage_alerts.ts";
import { workerPoolAlerts } from "./alerts/worker_pool_alerts.ts";
import type { GeneratedFiles } from "./generated_files.ts";
import { type Metrics, metricsOf } from "./metric_names.ts";

const FOLDER = "examples/prometheus";

/** Every alert, group by group. */
export function alertGroups(metrics: Metrics): readonly AlertGroup[] {
  return [
    exporterAlerts(metrics),
    apiAlerts(metrics),
    workerPoolAlerts(metrics),
    stackAlerts(metrics),
    usageAlerts(),
  ];
}

/** The rule files and the runbook by path. */
export function ruleFiles(metrics: Metrics = metricsOf(), allowance?: Allowance): GeneratedFiles {
  const alerts = alertGroups(metrics);
  return new Map([
    [`${FOLDER}/alerts.yaml`, writeAlertFile(alerts)],
    [`${FOLDER}/rules.yaml`, writeRecordingFile(recordingGroups(metrics, allowance))],
    [`${FOLDER}/RUNBOOK.md`, writeRunbook(alerts, metrics)],
  ]);
}
