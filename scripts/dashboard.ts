import { CATALOGUE, type CatalogueEntry } from "../src/app/catalogue.ts";
import { apiCost } from "./dashboard/api_cost.ts";
import { drift } from "./dashboard/drift.ts";
import { exporterHealth } from "./dashboard/exporter_health.ts";
import { layOut } from "./dashboard/layout.ts";
import { overview } from "./dashboard/overview.ts";
import { runs } from "./dashboard/runs.ts";
import { stacks } from "./dashboard/stacks.ts";
import { usage } from "./dashboard/usage.ts";
import { JOB, variables } from "./dashboard/variables.ts";
import { privateWorkers, publicWorkerPool } from "./dashboard/worker_pools.ts";
import type { GeneratedFiles } from "./generated_files.ts";
import { metricsOf } from "./metric_names.ts";

const PATH = "examples/example-dashboard.json";

/** The dashboard by path; its queries refer to the metrics of a catalogue. */
export function dashboardFile(
  catalogue: ReadonlyMap<string, CatalogueEntry> = CATALOGUE,
): GeneratedFiles {
  const metrics = metricsOf(catalogue, JOB);
  const dashboard = {
    uid: "spacelift-promex",
    title: "Spacelift Monitoring",
    description: "Worker pools, stacks, drift and usage of Spacelift, and the exporter itself.",
    tags: ["spacelift"],
    // Grafana 10 knows this version, later ones migrate it when they load the dashboard.
    schemaVersion: 38,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    timepicker: {},
    timezone: "",
    weekStart: "",
    fiscalYearStartMonth: 0,
    links: [],
    annotations: { list: [] },
    templating: { list: variables(metricsOf(catalogue)) },
    panels: layOut([
      overview(metrics),
      privateWorkers(metrics),
      publicWorkerPool(metrics),
      stacks(metrics),
      drift(metrics),
      runs(metrics),
      usage(metrics),
      exporterHealth(metrics),
      apiCost(metrics),
    ]),
  };
  return new Map([[PATH, `${JSON.stringify(dashboard, null, 2)}\n`]]);
}
