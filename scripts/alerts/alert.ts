import type { Metrics } from "../metric_names.ts";

/** One alert with everything that a person who is woken by it needs. */
export interface Alert {
  readonly name: string;
  readonly expr: string;
  /** How long the expression must hold; absent when it tells a duration itself. */
  readonly for?: string;
  readonly severity: "critical" | "warning" | "info";
  readonly summary: string;
  readonly description: string;
  /** What has to be there for the alert to work, in Markdown. */
  readonly needs: string;
  readonly runbook: Runbook;
}

/** The section on an alert, in Markdown. */
export interface Runbook {
  readonly meaning: string;
  readonly check: readonly string[];
  readonly act: readonly string[];
}

/** Alerts that belong together. */
export interface AlertGroup {
  readonly name: string;
  readonly title: string;
  readonly alerts: readonly Alert[];
}

/** Makes a group with the selectors of a catalogue. */
export type AlertGroupMaker = (metrics: Metrics) => AlertGroup;

/** Where an alert's section stands, from the folder of the rules. */
export function runbookUrl({ name }: Alert): string {
  return `RUNBOOK.md#${name.toLowerCase()}`;
}
