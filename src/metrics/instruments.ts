import process from "node:process";
// The package's main file loads its servers and its push gateway as well.
// @ts-types="./prom_counter.d.ts"
import Counter from "prom-client/lib/counter.js";
// @ts-types="./prom_histogram.d.ts"
import Histogram from "prom-client/lib/histogram.js";
import { type Family, family, type FamilySamples, type Sample, single } from "./family.ts";

const API_REQUESTS = family({
  name: "spacelift_exporter_api_requests_total",
  help: "The number of requests sent to the Spacelift API",
  type: "counter",
  labels: ["operation"],
});
const API_REQUEST_FAILURES = family({
  name: "spacelift_exporter_api_request_failures_total",
  help: "The number of requests to the Spacelift API that gave no usable data, by reason",
  type: "counter",
  labels: ["operation", "reason"],
});
const API_REQUEST_DURATION = family({
  name: "spacelift_exporter_api_request_duration_seconds",
  help: "The duration of requests to the Spacelift API in seconds",
  type: "histogram",
  labels: ["operation"],
});
const TOKEN_EXPIRY = family({
  name: "spacelift_exporter_token_expiry_timestamp_seconds",
  help: "The time at which the current API token expires",
  type: "gauge",
  labels: [],
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
const PROCESS_CPU = family({
  name: "process_cpu_seconds_total",
  help: "Total user and system CPU time spent in seconds",
  type: "counter",
  labels: [],
});
const PROCESS_MEMORY = family({
  name: "process_resident_memory_bytes",
  help: "Resident memory size in bytes",
  type: "gauge",
  labels: [],
});
const PROCESS_START = family({
  name: "process_start_time_seconds",
  help: "Start time of the process since the Unix epoch in seconds",
  type: "gauge",
  labels: [],
});

/** The families of the exporter's own instruments. */
export const INSTRUMENT_FAMILIES: readonly Family[] = [
  API_REQUESTS,
  API_REQUEST_FAILURES,
  API_REQUEST_DURATION,
  TOKEN_EXPIRY,
  TOKEN_EXCHANGES,
  TOKEN_EXCHANGE_FAILURES,
  PROCESS_CPU,
  PROCESS_MEMORY,
  PROCESS_START,
];

/** What the exporter counts about itself; unlike samples of the account it lives as long as the process. */
export class Instruments {
  readonly apiRequests = counter(API_REQUESTS);
  readonly apiRequestFailures = counter(API_REQUEST_FAILURES);
  readonly apiRequestDuration = new Histogram({
    ...options(API_REQUEST_DURATION),
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  readonly tokenExchanges = counter(TOKEN_EXCHANGES);
  readonly tokenExchangeFailures = counter(TOKEN_EXCHANGE_FAILURES);
  /** Unix seconds; null while no token with a believable expiry is held. */
  tokenExpiry: number | null = null;

  /** The instruments as families, and the process as far as that needs no permission. */
  async read(): Promise<FamilySamples[]> {
    const { user, system } = process.cpuUsage();
    return [
      await readInstrument(API_REQUESTS, this.apiRequests),
      await readInstrument(API_REQUEST_FAILURES, this.apiRequestFailures),
      await readInstrument(API_REQUEST_DURATION, this.apiRequestDuration),
      single(TOKEN_EXPIRY, this.tokenExpiry),
      await readInstrument(TOKEN_EXCHANGES, this.tokenExchanges),
      await readInstrument(TOKEN_EXCHANGE_FAILURES, this.tokenExchangeFailures),
      single(PROCESS_CPU, (user + system) / 1e6),
      single(PROCESS_MEMORY, Deno.memoryUsage().rss),
      single(PROCESS_START, performance.timeOrigin / 1000),
    ];
  }
}

/** A counter of its own, in no registry: this project has a writer for all families. */
export function counter<const L extends readonly string[]>(family: Family<L>): Counter<L[number]> {
  return new Counter(options(family));
}

/** The present values of a counter or histogram as samples of its family. */
export async function readInstrument<const L extends readonly string[]>(
  family: Family<L>,
  instrument: Counter<L[number]> | Histogram<L[number]>,
): Promise<FamilySamples> {
  const { values } = await instrument.get();
  const samples = values.map((value) => toSample(family, value));
  return { family, samples: samples.toSorted(byLabelValues) };
}

interface InstrumentValue {
  readonly value: number;
  readonly metricName?: string;
  readonly labels: Partial<Record<string, string | number>>;
}

/** The same order in every process, whichever series was counted first; buckets keep theirs. */
function byLabelValues(a: Sample, b: Sample): number {
  const [first, second] = [a.labelValues.join("\n"), b.labelValues.join("\n")];
  return first < second ? -1 : Number(first > second);
}

function toSample(family: Family, { value, metricName, labels }: InstrumentValue): Sample {
  const labelValues = family.labels.map((label) => String(labels[label] ?? ""));
  if (family.type !== "histogram") return { value, labelValues };
  const suffix = metricName?.slice(family.name.length);
  if (suffix === "_sum" || suffix === "_count") return { value, labelValues, part: { suffix } };
  const upperBound = labels.le === "+Inf" ? Infinity : Number(labels.le);
  return { value, labelValues, part: { suffix: "_bucket", upperBound } };
}

function options<const L extends readonly string[]>(family: Family<L>): {
  name: string;
  help: string;
  labelNames: L[number][];
  registers: [];
} {
  return { name: family.name, help: family.help, labelNames: [...family.labels], registers: [] };
}
