import type { Metrics } from "../metric_names.ts";
import { type Row, stat, timeSeries } from "./panel.ts";

const SMALL = { width: 6, height: 4 } as const;
const THIRD = { width: 8, height: 8 } as const;

/** What the exporter asks of the API. */
export function apiCost({ select, buckets }: Metrics): Row {
  const requests = select("spacelift_exporter_api_requests_total");
  const failures = select("spacelift_exporter_api_request_failures_total");
  const durations = buckets("spacelift_exporter_api_request_duration_seconds");
  const exchanges = select("spacelift_exporter_token_exchanges_total");
  const failedExchanges = select("spacelift_exporter_token_exchange_failures_total");
  return {
    title: "API cost (needs --exporter-metrics, which is on by default)",
    panels: [
      timeSeries({
        ...THIRD,
        title: "API requests",
        description: "Requests to the Spacelift API, by operation.",
        queries: [{
          expr: `sum by (operation) (rate(${requests}[$__rate_interval])) * 60`,
          legend: "{{operation}}",
        }],
        unit: "opm",
        min: 0,
        stacked: true,
      }),
      timeSeries({
        ...THIRD,
        title: "Failed API requests",
        description: "Requests that returned no usable data, by operation and reason.",
        queries: [{
          expr: `sum by (operation, reason) (rate(${failures}[$__rate_interval])) * 60`,
          legend: "{{operation}}: {{reason}}",
        }],
        unit: "opm",
        min: 0,
        noValue: "None",
      }),
      timeSeries({
        ...THIRD,
        title: "Duration of API requests",
        description: "The 95th percentile of the duration of requests, by operation.",
        queries: [{
          expr: `histogram_quantile(0.95, sum by (le, operation) ` +
            `(rate(${durations}[$__rate_interval])))`,
          legend: "{{operation}}",
        }],
        unit: "s",
        min: 0,
      }),
      stat({
        ...SMALL,
        title: "API requests per hour",
        description: "At the current rate.",
        queries: [{ expr: `sum(rate(${requests}[$__rate_interval])) * 3600` }],
        unit: "none",
        decimals: 0,
        noValue: "No data",
      }),
      stat({
        ...SMALL,
        title: "Token expires in",
        description:
          "Remaining lifetime of the API token; it is renewed 30 seconds before it expires.",
        queries: [{
          expr: `min(${select("spacelift_exporter_token_expiry_timestamp_seconds")}) - time()`,
        }],
        unit: "s",
        decimals: 0,
        thresholds: [["red"], ["green", 0]],
        noValue: "No token",
      }),
      stat({
        ...SMALL,
        title: "Token exchanges",
        description: "Exchanges of the API key for a token in the time shown.",
        queries: [{ expr: `sum(increase(${exchanges}[$__range]))` }],
        unit: "none",
        decimals: 0,
        noValue: "No data",
      }),
      stat({
        ...SMALL,
        title: "Failed token exchanges",
        description: "Exchanges that failed in the time shown.",
        queries: [{ expr: `sum(increase(${failedExchanges}[$__range]))` }],
        unit: "none",
        decimals: 0,
        thresholds: [["green"], ["red", 1]],
        noValue: "No data",
      }),
    ],
  };
}
