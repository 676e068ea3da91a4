import type { Metrics } from "../metric_names.ts";
import type { AlertGroup } from "./alert.ts";
import { lastKnown } from "./last_known.ts";
import { RECORDED } from "./recording_rules.ts";

/** Alerts on what stands between the exporter and the API as a whole. */
export function apiAlerts({ select }: Metrics): AlertGroup {
  const nothingFresh = `${lastKnown(select("spacelift_up"))} == 0`;
  const failuresWith = (match: string) => lastKnown(`${RECORDED.failures}{reason${match}}`);
  const allFailWith = (match: string) =>
    `${nothingFresh}\nand on (job, instance) ${failuresWith(match)} > 0`;
  const lastSuccess = select("spacelift_scrape_collector_last_success_timestamp_seconds");
  const supported = select("spacelift_scrape_collector_supported");
  const recorded = "`rules.yaml`, which records failures by reason.";
  return {
    name: "spacelift-api",
    title: "The API",
    alerts: [
      {
        name: "SpaceliftApiUnreachable",
        expr: allFailWith('=~"timeout|unreachable"'),
        for: "5m",
        severity: "critical",
        summary: "The Spacelift API cannot be reached by {{ $labels.instance }}",
        description: "No collector of {{ $labels.instance }} has got fresh data for 5 minutes, " +
          "for time-outs, connection errors or HTTP 5xx. What is served is remembered, then withdrawn.",
        needs: recorded,
        runbook: {
          meaning: "Spacelift is down, or the way to it is: DNS, proxy, firewall, certificates. " +
            "After `--max-staleness` the data is withdrawn and `/metrics` becomes HTTP 500; the " +
            "alert goes on.",
          check: [
            "<https://spacelift.statuspage.io>.",
            "From where the exporter runs: `curl -i https://<account>.app.spacelift.io/graphql`.",
            "`curl http://<instance>/metrics` or the log: `Cannot reach the API` has the cause " +
            "behind it.",
          ],
          act: [
            "Own network: repair the proxy (`HTTPS_PROXY`, `NO_PROXY`), DNS, or certificates " +
            "(`--ca-cert-path`).",
            "Spacelift's side: wait; the exporter recovers by itself at the first scrape that works.",
          ],
        },
      },
      {
        name: "SpaceliftKeyRejected",
        expr: allFailWith('="unauthorized"'),
        for: "2m",
        severity: "critical",
        summary: "Spacelift rejects the API key of {{ $labels.instance }}",
        description: "Every collector of {{ $labels.instance }} is refused as unauthorized: the " +
          "API key was revoked, its secret was rotated, or it lost all its rights.",
        needs: recorded,
        runbook: {
          meaning: "The exporter exchanges its key for a token, and one of the two is refused. A " +
            "restart does not help: an exporter whose key is rejected at the start exits with 1.",
          check: [
            "Organization settings, API keys in Spacelift: is the key there, and with which spaces?",
            "`increase(spacelift_exporter_token_exchange_failures_total[10m])`: above 0 the key " +
            "itself is refused; 0 means that its tokens may read nothing.",
          ],
          act: [
            "Make a new key or secret. With `--api-key-secret-file`, write it to the file: it is " +
            "read at the next exchange. Otherwise restart the exporter with it.",
            "Give the key read access to the root space.",
          ],
        },
      },
      {
        name: "SpaceliftTokenExchangeFailing",
        expr: `${lastKnown(RECORDED.exchangeFailures)} > 0`,
        for: "5m",
        severity: "warning",
        summary: "{{ $labels.instance }} cannot exchange its API key for a token",
        description: "Exchanges of the API key have failed for 5 minutes on " +
          "{{ $labels.instance }}. As soon as the present token expires there is no fresh data.",
        needs: "`rules.yaml` and `--exporter-metrics` (on unless switched off).",
        runbook: {
          meaning:
            "The mutation `apiKeyUser` fails for whatever reason, or the secret file cannot " +
            "be read. If the key is refused, " +
            "[SpaceliftKeyRejected](#spaceliftkeyrejected) fires as well.",
          check: [
            '`increase(spacelift_exporter_api_request_failures_total{operation="apiKeyUser"}[10m])` ' +
            "by reason; no such failures beside failed exchanges means an unreadable secret file.",
            "`spacelift_exporter_token_expiry_timestamp_seconds - time()` is the time left.",
          ],
          act: [
            "Secret file: check its mount and permissions.",
            "Otherwise as for [SpaceliftKeyRejected](#spaceliftkeyrejected) or " +
            "[SpaceliftApiUnreachable](#spaceliftapiunreachable).",
          ],
        },
      },
      {
        name: "SpaceliftRateLimited",
        expr: `sum without (collector, reason) (${failuresWith('="rate_limited"')}) > 0`,
        for: "5m",
        severity: "warning",
        summary: "Spacelift limits the requests of {{ $labels.instance }}",
        description: "The API has answered {{ $labels.instance }} with HTTP 429 for 5 minutes. " +
          "The exporter keeps away as long as the API asks; data grows old meanwhile.",
        needs: recorded,
        runbook: {
          meaning: "The account's API budget is used up, by this exporter or by other clients of " +
            "the same key or account.",
          check: [
            "`sum by (operation) (rate(spacelift_exporter_api_requests_total[1h])) * 3600`: " +
            "requests of this exporter in an hour.",
            "Other users of the account's API: scripts, other exporters, CI.",
          ],
          act: [
            "Raise `scrape_interval` and `--stacks-refresh-interval`, or walk fewer stacks " +
            "(`--stacks-space`, `--stacks-label`, `--stacks-limit`).",
            "One exporter serves any number of Prometheis that scrape at the same time for one " +
            "request: remove further exporters for the same account.",
          ],
        },
      },
      {
        name: "SpaceliftDataStale",
        expr: `time() - ${lastKnown(lastSuccess)} > 900\n` +
          `unless on (job, instance, collector) ${supported} == 0`,
        for: "1m",
        severity: "warning",
        summary: "The data of the collector {{ $labels.collector }} is stale",
        description: "The last good data of the collector {{ $labels.collector }} of " +
          "{{ $labels.instance }} is {{ $value | humanizeDuration }} old.",
        needs: "A `--stacks-refresh-interval` well below 15 minutes; raise the 900 with it.",
        runbook: {
          meaning: "Whatever the cause, decisions made on these metrics are made on old facts. " +
            "Other alerts usually tell why.",
          check: [
            "`time() - spacelift_scrape_collector_last_success_timestamp_seconds` by collector.",
            "For `stacks`: does a walk take longer than 15 minutes " +
            "(`spacelift_scrape_collector_duration_seconds`)?",
          ],
          act: [
            "Follow the alert on the cause: API, key, rate limit, or the collector.",
            "Many stacks: raise `--stacks-page-size`, or this alert's threshold.",
          ],
        },
      },
    ],
  };
}
