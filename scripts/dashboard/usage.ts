import type { Metrics } from "../metric_names.ts";
import { gauge, type Panel, type Row, stat } from "./panel.ts";

const SMALL = { width: 8, height: 4 } as const;
const LARGE = { width: 8, height: 6 } as const;

/** The billing period: its bounds, what is used, and what will be at its end. */
export function usage({ select }: Metrics): Row {
  const period = (figure: string) => `max(${select(`spacelift_current_billing_period_${figure}`)})`;
  const start = period("start_timestamp_seconds");
  const end = period("end_timestamp_seconds");
  const used = (kind: string) => `${period(`used_${kind}_seconds`)} / 60`;
  const projected = (kind: string) =>
    `${used(kind)} * (${end} - ${start}) / clamp_min(time() - ${start}, 86400)`;
  return {
    title: "Usage",
    panels: [
      date({ title: "Billing period start", description: "When the period began.", expr: start }),
      date({ title: "Billing period end", description: "When the period ends.", expr: end }),
      stat({
        ...SMALL,
        title: "Time until usage resets",
        description: "What is left of the billing period.",
        queries: [{ expr: `clamp_min(${end} - time(), 0)` }],
        unit: "s",
        decimals: 0,
        noValue: "No data",
      }),
      minutes({ title: "Public minutes used", kind: "public", expr: used("public") }),
      minutes({ title: "Private minutes used", kind: "private", expr: used("private") }),
      gauge({
        ...LARGE,
        title: "Used seats",
        description: "Seats used in this billing period. Set the maximum to what you have.",
        queries: [{ expr: period("used_seats") }],
        unit: "none",
        min: 0,
        max: 30,
        thresholds: [["green"], ["yellow", 10], ["red", 20]],
        noValue: "No data",
      }),
      expected({ title: "Public minutes expected", expr: projected("public") }),
      expected({ title: "Private minutes expected", expr: projected("private") }),
    ],
  };
}

function date(
  { title, description, expr }: { title: string; description: string; expr: string },
): Panel {
  return stat({
    ...SMALL,
    title,
    description: `${description} 0 means that the account has no billing of its own.`,
    queries: [{ expr: `${expr} * 1000` }],
    unit: "dateTimeAsSystem",
    texts: { 0: { text: "Billing not enabled", color: "text" } },
    noValue: "No data",
  });
}

function minutes({ title, kind, expr }: { title: string; kind: string; expr: string }): Panel {
  return gauge({
    ...LARGE,
    title,
    description: `Time of ${kind} workers used in this billing period. The API does not tell ` +
      "what is allowed: set the maximum and the thresholds to what you have.",
    queries: [{ expr }],
    unit: "none",
    decimals: 0,
    min: 0,
    max: 15_000,
    thresholds: [["green"], ["yellow", 5000], ["red", 8000]],
    noValue: "No data",
  });
}

function expected({ title, expr }: { title: string; expr: string }): Panel {
  return stat({
    ...SMALL,
    title,
    description: "What will be used at the end of the period if the rest goes on like the part " +
      "that has passed. A rough guess in the first days.",
    queries: [{ expr }],
    unit: "none",
    decimals: 0,
    noValue: "No data",
  });
}
