import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { CATALOGUE, type CatalogueEntry } from "../src/app/catalogue.ts";
import { apiCost } from "./dashboard/api_cost.ts";
import { exporterHealth } from "./dashboard/exporter_health.ts";
import { needs } from "./dashboard/needs.ts";
import type { Row } from "./dashboard/panel.ts";
import { runOutcomes } from "./dashboard/run_outcomes.ts";
import { runs } from "./dashboard/runs.ts";
import { stackDetails, stacks } from "./dashboard/stacks.ts";
import { usage } from "./dashboard/usage.ts";
import { JOB, statusPage, variables } from "./dashboard/variables.ts";
import { privatePools, publicPool } from "./dashboard/worker_pools.ts";
import type { GeneratedFiles } from "./generated_files.ts";
import { type Metrics, metricsOf } from "./metric_names.ts";

/** Each row of panels, from the top. */
const ROWS: readonly ((metrics: Metrics) => Row)[] = [
  needs,
  runOutcomes,
  stacks,
  privatePools,
  publicPool,
  runs,
  usage,
  exporterHealth,
  apiCost,
  stackDetails,
];

const PATH = "examples/example-dashboard.json";

/** The dashboard by path; its queries refer to the metrics of a catalogue. */
export function dashboardFile(
  catalogue: ReadonlyMap<string, CatalogueEntry> = CATALOGUE,
): GeneratedFiles {
  const metrics = metricsOf(catalogue, JOB);
  const builder = new DashboardBuilder("Spacelift Monitoring")
    .uid("spacelift-promex")
    .description(
      "What needs attention in Spacelift, its worker pools, stacks and usage, and the exporter.",
    )
    .tags(["spacelift"])
    .timezone("")
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .variables(variables(metricsOf(catalogue)))
    .links([leadTo("Status page", statusPage().url), leadTo("Spacelift", "${account_url}")]);
  let id = 1;
  for (const { title, panels, folded = false } of ROWS.map((row) => row(metrics))) {
    const row = new RowBuilder(title).id(id++).collapsed(folded);
    for (const panel of panels) panel.id(id++);
    if (folded) { for (const panel of panels) row.withPanel(panel); }
    builder.withRow(row);
    if (!folded) { for (const panel of panels) builder.withPanel(panel); }
  }
  // Grafana 10 knows this version, later ones migrate it when they load the dashboard.
  const dashboard = { ...builder.build(), schemaVersion: 38 };
  return new Map([[PATH, `${JSON.stringify(dashboard, null, 2)}\n`]]);
}

function leadTo(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon("external link")
    .url(url).targetBlank(true);
}
