import type { Metrics } from "../metric_names.ts";
import { type Row, timeSeries } from "./panel.ts";
import { table } from "./table.ts";

const HALF = { width: 12, height: 8 } as const;
const QUARTER = { width: 6, height: 8 } as const;

/** The health of the exporter, collector by collector, and its own use of resources. */
export function exporterHealth({ select }: Metrics): Row {
  const byCollector = (fold: "min" | "max", figure: string) =>
    `${fold} by (job, collector) (${select(`spacelift_scrape_collector_${figure}`)})`;
  const build = select("spacelift_build_info");
  const named = `on (job, instance) group_left (version) ${build}`;
  const byExporter = (figure: string) => `max by (job, instance, version) (${figure})`;
  const age = `time() - ${byCollector("max", "last_success_timestamp_seconds")}`;
  const failures = select("spacelift_scrape_collector_failures_total");
  return {
    title: "Exporter and collectors",
    panels: [
      table({
        ...HALF,
        title: "Collectors",
        description: "Whether each collector works, and how old its data is.",
        queries: [
          { expr: byCollector("min", "success") },
          { expr: byCollector("min", "supported") },
          { expr: age },
          { expr: byCollector("max", "duration_seconds") },
        ],
        columns: [
          { title: "Job", from: "job" },
          { title: "Collector", from: "collector" },
          {
            title: "State",
            from: 0,
            texts: { 1: { text: "OK", color: "green" }, 0: { text: "Failing", color: "red" } },
          },
          {
            title: "Supported",
            from: 1,
            texts: { 1: { text: "Yes", color: "text" }, 0: { text: "No", color: "orange" } },
          },
          {
            title: "Age of data",
            from: 2,
            unit: "s",
            decimals: 0,
            thresholds: [["text"], ["red", 900]],
          },
          { title: "Last request took", from: 3, unit: "s", decimals: 3 },
        ],
        sortBy: "Age of data",
      }),
      table({
        ...HALF,
        title: "Exporters",
        description: "Every exporter with its status page.",
        queries: [
          { expr: byExporter(build) },
          { expr: byExporter(`time() - ${select("process_start_time_seconds")} * ${named}`) },
          { expr: byExporter(`${select("process_resident_memory_bytes")} * ${named}`) },
        ],
        columns: [
          { title: "Job", from: "job" },
          {
            title: "Exporter",
            from: "instance",
            link: { title: "Status page", url: "http://${__value.raw}/" },
          },
          { title: "Version", from: "version" },
          { title: "Up for", from: 1, unit: "s", decimals: 0 },
          { title: "Memory", from: 2, unit: "bytes", decimals: 0 },
        ],
        sortBy: "Up for",
      }),
      timeSeries({
        ...QUARTER,
        title: "Age of data",
        description: "Time since the data of each collector was requested.",
        queries: [{ expr: age, legend: "{{collector}}" }],
        unit: "s",
        min: 0,
      }),
      timeSeries({
        ...QUARTER,
        title: "Duration of collectors",
        description: "How long the last request of each collector took, and the whole scrape.",
        queries: [
          { expr: byCollector("max", "duration_seconds"), legend: "{{collector}}" },
          { expr: `max(${select("spacelift_scrape_duration_seconds")})`, legend: "Scrape" },
        ],
        unit: "s",
        min: 0,
      }),
      timeSeries({
        ...QUARTER,
        title: "Collector failures",
        description: "How often collectors got no fresh data, by reason.",
        queries: [{
          expr: `sum by (reason) (rate(${failures}[$__rate_interval])) * 60`,
          legend: "{{reason}}",
        }],
        unit: "cpm",
        min: 0,
      }),
      timeSeries({
        ...QUARTER,
        title: "Memory of the exporter",
        description: "Resident memory of each exporter, with its version.",
        queries: [{
          expr: `${select("process_resident_memory_bytes")} * ${named}`,
          legend: "{{instance}} {{version}}",
        }],
        unit: "bytes",
        min: 0,
      }),
    ],
  };
}
