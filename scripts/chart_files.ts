import { dashboardFile } from "./dashboard.ts";
import type { GeneratedFiles } from "./generated_files.ts";

const CHART = "examples/helm/spacelift-promex/files";

/** Copies of the dashboard, the rules and the alerts for the chart, which reads only its own files. */
export async function chartFiles(
  read: (path: string) => Promise<string> = Deno.readTextFile,
): Promise<GeneratedFiles> {
  const [dashboard = ""] = dashboardFile().values();
  return new Map([
    [`${CHART}/alerts.yaml`, await read("examples/prometheus/alerts.yaml")],
    [`${CHART}/dashboard.json`, dashboard],
    [`${CHART}/rules.yaml`, await read("examples/prometheus/rules.yaml")],
  ]);
}
