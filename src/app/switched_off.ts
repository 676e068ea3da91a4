import { COLLECTOR_NAMES, COLLECTOR_SWITCHES, EXPORTER } from "../cli/flags.ts";
import type { ScrapeSettings } from "./exporter.ts";

/** What settings turn off that an exporter does by default, as flags. */
export function switchedOff({ collectors, exporter }: ScrapeSettings): string[] {
  const { exporterMetrics, maxStaleness, partialScrapes } = exporter;
  const without = COLLECTOR_NAMES.filter((name) => !collectors.has(name));
  return [
    ...without.map((name) => `--no-${COLLECTOR_SWITCHES.nameOf(name)}`),
    ...(exporterMetrics ? [] : [`--no-${EXPORTER.nameOf("exporterMetrics")}`]),
    ...(partialScrapes ? [] : [`--no-${EXPORTER.nameOf("partialScrapes")}`]),
    ...(maxStaleness > 0 ? [] : [`--${EXPORTER.nameOf("maxStaleness")}=0`]),
  ];
}
