import { type Scenario, TARGET } from "../scenario.ts";

const MINUTE = 60;

/** Trouble between the exporter and the API. */
export const API_SCENARIOS: readonly Scenario[] = [
  {
    name: "The API is out for half an hour",
    step: 15,
    duration: 60 * MINUTE,
    begins: 10 * MINUTE,
    ends: 40 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ server }) => server.faults.set("*", { status: 502 }) },
      { at: 40 * MINUTE, act: ({ server }) => server.faults.clear() },
    ],
    alerts: [
      {
        name: "SpaceliftApiUnreachable",
        fires: 300,
        resolves: 0,
        shown: {
          labels: TARGET,
          summary: "promex:9953 cannot reach the Spacelift API",
          description:
            "By its last report, no collector of promex:9953 has received fresh data for 5 " +
            "minutes, because of time-outs, connection errors or HTTP 5xx. Remembered data " +
            "is served, then withdrawn.",
        },
      },
      { name: "SpaceliftExporterDown", fires: { 2: 1005, 3: 990 }, resolves: 0 },
      { name: "SpaceliftCollectorFailing", fires: 600, resolves: 30 },
      { name: "SpaceliftDataStale", fires: 960, resolves: 30 },
    ],
  },
  {
    name: "The API key is revoked and restored",
    step: 15,
    duration: 60 * MINUTE,
    begins: 10 * MINUTE,
    ends: 40 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ server }) => server.apiKey.revoke() },
      { at: 40 * MINUTE, act: ({ server }) => server.apiKey.setSecret("demo-secret") },
    ],
    alerts: [
      {
        name: "SpaceliftKeyRejected",
        fires: 120,
        resolves: 0,
        shown: {
          labels: TARGET,
          summary: "Spacelift rejects the API key of promex:9953",
          description:
            "By its last report, every collector of promex:9953 is unauthorized: the API " +
            "key was revoked, its secret was rotated, or it lost all of its access.",
        },
      },
      { name: "SpaceliftTokenExchangeFailing", fires: 300, resolves: 0 },
      { name: "SpaceliftExporterDown", fires: { 2: 1005, 3: 990 }, resolves: 0 },
      { name: "SpaceliftCollectorFailing", fires: 600, resolves: 30 },
      { name: "SpaceliftDataStale", fires: 960, resolves: 30 },
    ],
  },
  {
    name: "Tokens cannot be exchanged for eight minutes",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 18 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ server }) => {
          server.apiKey.revokeTokens();
          server.faults.set("apiKeyUser", { errors: ["internal error"] });
        },
      },
      { at: 18 * MINUTE, act: ({ server }) => server.faults.clear() },
    ],
    alerts: [{
      name: "SpaceliftTokenExchangeFailing",
      fires: 300,
      resolves: 0,
      shown: {
        labels: TARGET,
        summary: "promex:9953 cannot exchange its API key for a token",
        description:
          "Exchanges of the API key have failed for 5 minutes on promex:9953. Once the " +
          "current token expires, there will be no fresh data.",
      },
    }],
  },
  {
    name: "The API limits requests for nine minutes",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 19 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ server }) =>
          server.faults.set("*", { status: 429, headers: { "retry-after": "20" } }),
      },
      { at: 19 * MINUTE, act: ({ server }) => server.faults.clear() },
    ],
    alerts: [{
      name: "SpaceliftRateLimited",
      fires: 300,
      resolves: 0,
      shown: {
        labels: TARGET,
        summary: "Spacelift limits the requests of promex:9953",
        description:
          "The API has sent HTTP 429 to promex:9953 for 5 minutes. The exporter waits as " +
          "long as the API asks; meanwhile its data becomes stale.",
      },
    }],
  },
  {
    name: "The exporter dies five minutes into an outage of the API",
    step: 15,
    duration: 60 * MINUTE,
    begins: 15 * MINUTE,
    ends: 50 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ server }) => server.faults.set("*", { status: 502 }) },
      { at: 15 * MINUTE, act: ({ exporter }) => exporter.stop() },
      // The API is well again after a quarter of an hour, and nobody can see that.
      { at: 25 * MINUTE, act: ({ server }) => server.faults.clear() },
      { at: 50 * MINUTE, act: ({ exporter }) => exporter.start() },
    ],
    alerts: [
      { name: "SpaceliftApiUnreachable", fires: 0, resolves: 0 },
      { name: "SpaceliftCollectorFailing", fires: 300, resolves: 0 },
      { name: "SpaceliftDataStale", fires: 660, resolves: 0 },
      { name: "SpaceliftExporterDown", fires: { 2: 705, 3: 690 }, resolves: 0 },
    ],
  },
  {
    name: "One collector gets no answer for twenty minutes",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 30 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ server }) =>
          server.faults.set("PrometheusExporter_WorkerPools", { body: "<html>" }),
      },
      { at: 30 * MINUTE, act: ({ server }) => server.faults.clear() },
    ],
    alerts: [
      { name: "SpaceliftCollectorFailing", fires: 600, resolves: 0 },
      {
        name: "SpaceliftDataStale",
        fires: 960,
        resolves: 0,
        shown: {
          labels: { ...TARGET, collector: "workerpools" },
          summary: "The data of the collector workerpools is stale",
          description: "The last good data of the collector workerpools of promex:9953 is 16m " +
            "15s old.",
        },
      },
    ],
  },
];
