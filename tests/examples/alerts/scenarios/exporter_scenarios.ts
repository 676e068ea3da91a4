import { type Scenario, TARGET } from "../scenario.ts";

const MINUTE = 60;

/** Trouble with the process, its target, and single collectors. */
export const EXPORTER_SCENARIOS: readonly Scenario[] = [
  {
    name: "The exporter is killed and started again",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 24 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ exporter }) => exporter.stop() },
      { at: 24 * MINUTE, act: ({ exporter }) => exporter.start() },
    ],
    alerts: [{
      name: "SpaceliftExporterDown",
      fires: 300,
      resolves: 0,
      shown: {
        labels: TARGET,
        summary: "The Spacelift exporter promex:9953 cannot be scraped",
        description: "Prometheus gets no metrics from promex:9953 (job spacelift-promex). Other " +
          "alerts on it repeat its last report, no new one can fire, and autoscalers see " +
          "no queue. If the API failed before, the exporter may be alive with nothing " +
          "left to serve: check /health.",
      },
    }],
  },
  {
    name: "Service discovery loses the exporter",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 30 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ setTarget }) => setTarget(false) },
      { at: 30 * MINUTE, act: ({ setTarget }) => setTarget(true) },
    ],
    alerts: [{
      name: "SpaceliftExporterAbsent",
      fires: 600,
      resolves: 0,
      shown: {
        labels: {},
        summary: "Prometheus has no target for a Spacelift exporter",
        description:
          'No target has a job whose name contains "spacelift": the exporter was removed,' +
          " or service discovery does not find it. Nothing monitors Spacelift.",
      },
    }],
  },
  {
    name: "The API answers one collector with an error",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 24 * MINUTE,
    events: [
      {
        at: 10 * MINUTE,
        act: ({ server }) =>
          server.faults.set("PrometheusExporter_Usage", { errors: ["internal error"] }),
      },
      { at: 24 * MINUTE, act: ({ server }) => server.faults.clear() },
    ],
    alerts: [{
      name: "SpaceliftCollectorFailing",
      fires: 600,
      resolves: 0,
      shown: {
        labels: { ...TARGET, collector: "usage" },
        summary: "The collector usage gets no data from Spacelift",
        description:
          "The collector usage of promex:9953 has failed for 10 minutes. Its metrics are " +
          "remembered or missing; other collectors may work.",
      },
    }],
  },
  {
    name: "The account refuses usage to API keys",
    step: 15,
    duration: 40 * MINUTE,
    begins: 10 * MINUTE,
    ends: 30 * MINUTE,
    events: [
      { at: 10 * MINUTE, act: ({ server }) => server.refusedToMachines = ["usage"] },
      { at: 30 * MINUTE, act: ({ server }) => server.refusedToMachines = [] },
    ],
    alerts: [{
      name: "SpaceliftCollectorUnsupported",
      fires: 900,
      resolves: 0,
      shown: {
        labels: { ...TARGET, collector: "usage" },
        summary: "The collector usage is not supported for this account",
        description: "The API does not offer the data of the collector usage to this key, tier " +
          "or version. promex:9953 serves none of its metrics.",
      },
    }],
  },
];
