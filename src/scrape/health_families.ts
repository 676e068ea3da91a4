import {
  type Family,
  family,
  type FamilySamples,
  perItem,
  sample,
  single,
} from "../metrics/family.ts";
import { BUILD } from "../version.ts";
import type { Report } from "./collector_record.ts";

const UP = family({
  name: "spacelift_up",
  help: "Whether at least one collector got fresh data from the Spacelift API (1) or not (0)",
  type: "gauge",
  labels: [],
});
const COLLECTOR_SUCCESS = family({
  name: "spacelift_scrape_collector_success",
  help: "Whether a collector succeeded on the last scrape (1) or failed (0).",
  type: "gauge",
  labels: ["collector"],
});
const COLLECTOR_SUPPORTED = family({
  name: "spacelift_scrape_collector_supported",
  help:
    "Whether a collector's data is available on this deployment, tier and API key (1) or not (0). An unsupported collector is not a failure.",
  type: "gauge",
  labels: ["collector"],
});
const COLLECTOR_DURATION = family({
  name: "spacelift_scrape_collector_duration_seconds",
  help: "Duration of a collector's Spacelift API request on the last scrape.",
  type: "gauge",
  labels: ["collector"],
});
const COLLECTOR_LAST_SUCCESS = family({
  name: "spacelift_scrape_collector_last_success_timestamp_seconds",
  help: "The time at which the data that a collector delivers was asked for",
  type: "gauge",
  labels: ["collector"],
});
const SCRAPE_DURATION_SECONDS = family({
  name: "spacelift_scrape_duration_seconds",
  help: "The duration in seconds of the request to the Spacelift API for metrics",
  type: "gauge",
  labels: [],
});
const SCRAPE_DURATION = family({ ...SCRAPE_DURATION_SECONDS, name: "spacelift_scrape_duration" });
const BUILD_INFO = family({
  name: "spacelift_build_info",
  help: "Contains build information about the exporter",
  type: "gauge",
  labels: ["commit", "denoversion", "version"],
});

/** The families that tell how a scrape went. */
export const HEALTH_FAMILIES: readonly Family[] = [
  UP,
  COLLECTOR_SUCCESS,
  COLLECTOR_SUPPORTED,
  COLLECTOR_DURATION,
  COLLECTOR_LAST_SUCCESS,
  SCRAPE_DURATION_SECONDS,
  SCRAPE_DURATION,
  BUILD_INFO,
];

/** How a scrape of `seconds` went, collector by collector. */
export function healthFamilies(reports: readonly Report[], seconds: number): FamilySamples[] {
  const labels = ({ collector }: Report) => [collector] as const;
  const asked = reports.filter(({ failure, duration }) => (failure ?? duration) !== undefined);
  return [
    single(UP, Number(reports.some(isFresh))),
    perItem(COLLECTOR_SUCCESS, asked, { value: (report) => Number(!isFailed(report)), labels }),
    perItem(COLLECTOR_SUPPORTED, reports, {
      value: (report) => Number(report.failure?.reason !== "unsupported"),
      labels,
    }),
    perItem(COLLECTOR_DURATION, asked, { value: ({ duration }) => duration ?? null, labels }),
    perItem(COLLECTOR_LAST_SUCCESS, reports, {
      value: ({ lastSuccess }) => lastSuccess ?? null,
      labels,
    }),
    single(SCRAPE_DURATION_SECONDS, seconds),
    single(SCRAPE_DURATION, seconds),
    {
      family: BUILD_INFO,
      samples: [sample(BUILD_INFO, 1, BUILD.commit, Deno.version.deno, BUILD.version)],
    },
  ];
}

/** Whether the collector's latest data is what it got when it was last asked. */
function isFresh({ data, failure }: Report): boolean {
  return data !== undefined && failure === undefined;
}

/** Whether the collector could not deliver though it should have. */
export function isFailed({ failure }: Report): boolean {
  return failure !== undefined && failure.reason !== "unsupported";
}
