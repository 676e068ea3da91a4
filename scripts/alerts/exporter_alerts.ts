import type { Metrics } from "../metric_names.ts";
import type { AlertGroup } from "./alert.ts";
import { lastKnown, UP } from "./last_known.ts";

/** Alerts on the process and its target in Prometheus. */
export function exporterAlerts({ select }: Metrics): AlertGroup {
  const fresh = select("spacelift_up");
  return {
    name: "spacelift-exporter",
    title: "The exporter",
    alerts: [
      {
        name: "SpaceliftExporterDown",
        expr: `${UP} == 0 unless on (job, instance) last_over_time(${fresh}[1d]) == 0`,
        for: "5m",
        severity: "critical",
        summary: "The Spacelift exporter {{ $labels.instance }} cannot be scraped",
        description: "Prometheus gets no metrics from {{ $labels.instance }} " +
          "(job {{ $labels.job }}), and the exporter had not reported trouble with the API " +
          "before. No other alert on Spacelift can fire meanwhile, and autoscalers see no queue.",
        needs: "A scrape job whose name contains `spacelift`.",
        runbook: {
          meaning: "The process is gone, cannot be reached, does not answer in time, or answers " +
            "`/metrics` with HTTP 500 since it was started while the API was out of reach.",
          check: [
            "`curl -i http://<instance>/health`: no answer means process or network; 503 means " +
            "that the API has never accepted the API key since the start; 200 means that only " +
            "`/metrics` is in trouble.",
            "`curl -i http://<instance>/metrics`: a 500 has one line for each collector with the " +
            "reason.",
            "The exporter's log and exit code: 1 means that a setting is wrong or that the API " +
            "rejected the key at the start.",
            "Status, Targets in Prometheus: `context deadline exceeded` means that " +
            "`scrape_timeout` is shorter than the exporter's answer takes.",
          ],
          act: [
            "Start the exporter again; correct the setting that its last log line names.",
            "With a 500, go on with the reason in its lines as in " +
            "[SpaceliftApiUnreachable](#spaceliftapiunreachable) or " +
            "[SpaceliftKeyRejected](#spaceliftkeyrejected).",
          ],
        },
      },
      {
        name: "SpaceliftExporterAbsent",
        expr: `absent(${UP})`,
        for: "10m",
        severity: "critical",
        summary: "Prometheus knows of no Spacelift exporter",
        description: 'No target has a job whose name contains "spacelift": the exporter was ' +
          "removed, or service discovery does not find it. Nothing about Spacelift is watched.",
        needs: "A scrape job whose name contains `spacelift`.",
        runbook: {
          meaning: "There is not even a failing target: a pod without a ready endpoint, a " +
            "PodMonitor that selects nothing, or a scrape job with another name.",
          check: [
            "Status, Targets and Status, Service Discovery in Prometheus.",
            "In Kubernetes: `kubectl get pods,podmonitors -l app=spacelift-promex`.",
          ],
          act: [
            "Bring the deployment or its monitor back.",
            "If the job has another name on purpose, change `job=~` in `alerts.yaml`.",
          ],
        },
      },
      {
        name: "SpaceliftCollectorFailing",
        expr: `${lastKnown(select("spacelift_scrape_collector_success"))} == 0`,
        for: "10m",
        severity: "warning",
        summary: "The collector {{ $labels.collector }} gets no data from Spacelift",
        description: "The collector {{ $labels.collector }} of {{ $labels.instance }} has failed " +
          "for 10 minutes. Its metrics are the last good ones or gone; other collectors may work.",
        needs: "Nothing beyond the exporter.",
        runbook: {
          meaning: "One subsystem of the API does not answer, answers with an error, or with " +
            "something unexpected. The rest is not affected.",
          check: [
            "`sum by (collector, reason) (increase(spacelift_scrape_collector_failures_total[10m]))` " +
            "tells the reason.",
            "The log has one line at the change, with the API's own message.",
            "`unauthorized` for `usage` alone: the key lacks read access to the root space.",
            "`timeout`: compare `spacelift_scrape_collector_duration_seconds` with " +
            "`--scrape-timeout`.",
          ],
          act: [
            "`unauthorized`: give the key the right, or turn the collector off with " +
            "`--no-collector.<name>`.",
            "`timeout`: raise `--scrape-timeout` and `scrape_timeout`; for stacks lower " +
            "`--stacks-page-size`.",
            "`graphql` or `bad_response` that stays: the API has changed; update the exporter or " +
            "report it.",
          ],
        },
      },
      {
        name: "SpaceliftCollectorUnsupported",
        expr: `${select("spacelift_scrape_collector_supported")} == 0`,
        for: "15m",
        severity: "info",
        summary: "The collector {{ $labels.collector }} is not supported for this account",
        description: "The API does not offer the data of the collector {{ $labels.collector }} " +
          "to this key, tier or version; {{ $labels.instance }} serves none of its metrics.",
        needs: "Nothing beyond the exporter.",
        runbook: {
          meaning: "Self-hosted installations before August 2026 refuse some fields to API keys, " +
            "and older servers do not have them. This is no failure and does not go away by itself.",
          check: [
            "The log names the field or the refusal once, when the collector was first asked.",
          ],
          act: [
            "Update the installation, or use a key that may read the data.",
            "Otherwise turn the collector off with `--no-collector.<name>`; the alert ends with it.",
          ],
        },
      },
    ],
  };
}
