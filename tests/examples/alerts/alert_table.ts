import { markdownTable } from "../../../scripts/docs.ts";
import { alertGroups } from "../../../scripts/alerts.ts";
import { metricsOf } from "../../../scripts/metric_names.ts";
import { SCENARIOS } from "./scenarios.ts";

/** When each alert fires and resolves in the scenarios that show it, as a Markdown table. */
export function alertTable(): string {
  const alerts = alertGroups(metricsOf()).flatMap(({ alerts }) => alerts);
  const rows = alerts.flatMap(({ name }) =>
    SCENARIOS.flatMap((scenario) =>
      scenario.alerts.filter((alert) => alert.name === name).map((alert) => [
        `\`${name}\``,
        scenario.name,
        `${scenario.step}`,
        `${alert.fires}`,
        `${alert.resolves}`,
      ])
    )
  );
  const header = [
    "Alert",
    "Scenario",
    "Scraped every (s)",
    "Fires after (s)",
    "Resolves after (s)",
  ];
  return markdownTable(header, rows);
}
