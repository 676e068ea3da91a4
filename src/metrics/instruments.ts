import process from "node:process";
// The package's main file would also load its servers and its push gateway.
// @ts-types="./prom_counter.d.ts"
import Counter from "prom-client/lib/counter.js";
// @ts-types="./prom_histogram.d.ts"
import Histogram from "prom-client/lib/histogram.js";
import { type Family, family, type FamilySamples, type Sample } from "./family.ts";
import { gauge, type Metric, single } from "./metric.ts";

const API_REQUESTS = family({
  name: "spacelift_exporter_api_requests_total",
  help: "The number of requests sent to the Spacelift API",
  type: "counter",
  labels: ["operation"],
});
const API_REQUEST_FAILURES = family({
  name: "spacelift_exporter_api_request_failures_total",
  help: "The number of requests to the Spacelift API that returned no usable data, by reason",
  type: "counter",
  labels: ["operation", "reason"],
});
const API_REQUEST_DURATION = family({
  name: "spacelift_exporter_api_request_duration_seconds",
  help: "The duration of requests to the Spacelift API in seconds",
  type: "histogram",
  labels: ["operation"],
});
const API_FIGURES_OMITTED = family({
  name: "spacelift_exporter_api_figures_omitted_total",
  help: "The number of invalid figures in replies of the Spacelift API that were left out",
  type: "counter",
  labels: ["operation"],
});
const TOKEN_EXCHANGES = family({
  name: "spacelift_exporter_token_exchanges_total",
  help: "The number of attempts to exchange the API key for a token",
  type: "counter",
  labels: [],
});
const TOKEN_EXCHANGE_FAILURES = family({
  name: "spacelift_exporter_token_exchange_failures_total",
  help: "The number of times the API key could not be exchanged for a token",
  type: "counter",
  labels: [],
});
const LISTENER_RESTARTS = family({
  name: "spacelift_exporter_listener_restarts_total",
  help: "The number of times the HTTP listener failed and was restarted",
  type: "counter",
  labels: [],
});
const WEBHOOK_REQUESTS = family({
  name: "spacelift_webhook_requests_total",
  help: "The number of requests to the webhook, by result",
  type: "counter",
  labels: ["result"],
});
const PROCESS_CPU = family({
  name: "process_cpu_seconds_total",
  help: "Total user and system CPU time spent in seconds",
  type: "counter",
  labels: [],
});

/**
 * The exporter's metrics about itself; unlike samples of the account they live as long as the
 * process.
 */
export class Instruments {
  readonly apiRequests = counter(API_REQUESTS);
  readonly apiRequestFailures = counter(API_REQUEST_FAILURES);
  readonly apiFiguresOmitted = counter(API_FIGURES_OMITTED);
  readonly apiRequestDuration = new Histogram({
    ...options(API_REQUEST_DURATION),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  readonly tokenExchanges = counter(TOKEN_EXCHANGES);
  readonly tokenExchangeFailures = counter(TOKEN_EXCHANGE_FAILURES);
  readonly listenerRestarts = counter(LISTENER_RESTARTS);
  readonly webhookRequests = counter(WEBHOOK_REQUESTS);
  /** When the last authentic delivery arrived, in Unix seconds; null before the first. */
  webhookLastReceived: number | null = null;
  /** Unix seconds; null without a token that has a plausible expiry. */
  tokenExpiry: number | null = null;
  /**
   * Whether the web configuration in use is the newest version of its file, by the flag that names
   * it.
   */
  readonly webConfigReloaded: Map<string, boolean> = new Map();

  /** The instruments as families, with those figures of the process that need no permission. */
  read(): FamilySamples[] {
    return INSTRUMENTS.map(({ read }) => read(this));
  }
}

interface Instrument {
  readonly family: Family;
  readonly read: (instruments: Instruments) => FamilySamples;
}

const INSTRUMENTS: readonly Instrument[] = [
  counted(API_REQUESTS, ({ apiRequests }) => apiRequests),
  counted(API_REQUEST_FAILURES, ({ apiRequestFailures }) => apiRequestFailures),
  counted(API_FIGURES_OMITTED, ({ apiFiguresOmitted }) => apiFiguresOmitted),
  observed(API_REQUEST_DURATION, ({ apiRequestDuration }) => apiRequestDuration),
  measured(gauge(
    "spacelift_exporter_token_expiry_timestamp_seconds",
    "The time at which the current API token expires",
    ({ tokenExpiry }) => tokenExpiry,
  )),
  counted(TOKEN_EXCHANGES, ({ tokenExchanges }) => tokenExchanges),
  counted(TOKEN_EXCHANGE_FAILURES, ({ tokenExchangeFailures }) => tokenExchangeFailures),
  counted(LISTENER_RESTARTS, ({ listenerRestarts }) => listenerRestarts),
  measured(gauge(
    "spacelift_exporter_web_config_reload_success",
    "Whether the web configuration could be read when it last changed",
    ({ webConfigReloaded: reloaded }) =>
      reloaded.size === 0 ? null : Number(reloaded.values().every((success) => success)),
  )),
  counted(WEBHOOK_REQUESTS, ({ webhookRequests }) => webhookRequests),
  measured(gauge(
    "spacelift_webhook_last_received_timestamp_seconds",
    "The time at which the webhook last received an authentic delivery",
    ({ webhookLastReceived }) => webhookLastReceived,
  )),
  measured(single(PROCESS_CPU, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  })),
  measured(gauge(
    "process_resident_memory_bytes",
    "Resident memory size in bytes",
    () => Deno.memoryUsage().rss,
  )),
  measured(gauge(
    "process_start_time_seconds",
    "Start time of the process since the Unix epoch in seconds",
    () => performance.timeOrigin / 1000,
  )),
];

/** The families of the exporter's own instruments. */
export const INSTRUMENT_FAMILIES: readonly Family[] = INSTRUMENTS.map(({ family }) => family);

/** Creates a counter outside any registry: this project has its own writer for all families. */
export function counter<const L extends readonly string[]>(family: Family<L>): Counter<L[number]> {
  return new Counter(options(family));
}

/** The current values of a counter as samples of its family. */
export function readCounter<const L extends readonly string[]>(
  family: Family<L>,
  { hashMap }: Counter<L[number]>,
): FamilySamples {
  const samples = Object.values(hashMap).map(({ value, labels }) => ({
    value,
    labelValues: valuesOf(family, labels),
  }));
  return { family, samples: sorted(samples) };
}

/** The current values of a histogram as samples of its family. */
function readHistogram<const L extends readonly string[]>(
  family: Family<L>,
  { hashMap, upperBounds }: Histogram<L[number]>,
): FamilySamples {
  const samples: Sample[] = [];
  for (const { labels, bucketValues, sum, count } of Object.values(hashMap)) {
    const labelValues = valuesOf(family, labels);
    let value = 0;
    for (const upperBound of upperBounds) {
      value += bucketValues[upperBound] ?? 0;
      samples.push({ value, labelValues, part: { suffix: "_bucket", upperBound } });
    }
    samples.push(
      { value: count, labelValues, part: { suffix: "_bucket", upperBound: Infinity } },
      { value: sum, labelValues, part: { suffix: "_sum" } },
      { value: count, labelValues, part: { suffix: "_count" } },
    );
  }
  return { family, samples: sorted(samples) };
}

function counted<const L extends readonly string[]>(
  family: Family<L>,
  instrument: (instruments: Instruments) => Counter<L[number]>,
): Instrument {
  return { family, read: (instruments) => readCounter(family, instrument(instruments)) };
}

function observed<const L extends readonly string[]>(
  family: Family<L>,
  instrument: (instruments: Instruments) => Histogram<L[number]>,
): Instrument {
  return { family, read: (instruments) => readHistogram(family, instrument(instruments)) };
}

function measured({ family, read }: Metric<Instruments>): Instrument {
  return { family, read: (instruments) => ({ family, samples: read(instruments) ?? [] }) };
}

/**
 * Sorts series so that their order does not depend on which was counted first; buckets keep theirs.
 */
function sorted(samples: Sample[]): Sample[] {
  for (let index = 1; index < samples.length; index++) {
    const [before, after] = [samples[index - 1], samples[index]];
    if (before !== undefined && after !== undefined && byLabelValues(before, after) > 0) {
      return samples.sort(byLabelValues);
    }
  }
  return samples;
}

function byLabelValues({ labelValues: first }: Sample, { labelValues: second }: Sample): number {
  if (first === second) return 0;
  for (let index = 0; index < first.length; index++) {
    const a = first[index] ?? "";
    const b = second[index] ?? "";
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function valuesOf<const L extends readonly string[]>(
  { labels: names }: Family<L>,
  labels: Readonly<Partial<Record<L[number], string | number>>>,
): string[] {
  return names.map((name: L[number]) => String(labels[name] ?? ""));
}

function options<const L extends readonly string[]>(family: Family<L>): {
  name: string;
  help: string;
  labelNames: L[number][];
  registers: [];
} {
  return { name: family.name, help: family.help, labelNames: [...family.labels], registers: [] };
}
