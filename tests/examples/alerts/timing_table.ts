import { ALERTS } from "../rule_files.ts";
import type { Seconds } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const HEADER = ["Alert", "Scenario", "Scraped every", "Fires after", "Resolves after"];

/** When each alert fires and resolves in the scenarios that show it, as a Markdown table. */
export function timingTable(): string {
  const rows = ALERTS.flatMap(({ alert }) =>
    SCENARIOS.flatMap(({ name, step, alerts }) =>
      alerts.filter((expected) => expected.name === alert).map(({ fires, resolves }) => [
        `[${alert}](#${alert.toLowerCase()})`,
        name,
        `${step}`,
        written(fires),
        written(resolves),
      ])
    )
  );
  const widths = HEADER.map((_, column) =>
    Math.max(...[HEADER, ...rows].map((row) => row[column]?.length ?? 0))
  );
  const rules = widths.map((width) => "-".repeat(width));
  return [HEADER, rules, ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
    .join("\n");
}

function written(seconds: Seconds): string {
  if (typeof seconds === "number") return `${seconds}`;
  return `${seconds[2]}; ${seconds[3]} in Prometheus 3`;
}
