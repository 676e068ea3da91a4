import type { Metrics } from "../metric_names.ts";
import { type Panel, type Row, stat, timeSeries } from "./panel.ts";

const SMALL = { width: 4, height: 5, unit: "none", noValue: "Not known" } as const;

/** The billing period: its bounds, what is used, what is allowed, and what will be at its end. */
export function usage(metrics: Metrics): Row {
  const { select, allowed } = metrics;
  const period = (figure: string) => `max(${select(`spacelift_current_billing_period_${figure}`)})`;
  const start = period("start_timestamp_seconds");
  const end = period("end_timestamp_seconds");
  const used = (kind: string) => period(`used_${kind}_seconds`);
  const kinds = ["public", "private"] as const;
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
        thresholds: [["text"]],
      }),
      stat({
        ...SMALL,
        title: "Used seats",
        description: "Seats used in this billing period.",
        queries: [{ expr: period("used_seats") }],
        thresholds: [["text"]],
      }),
      ...kinds.map((kind) =>
        stat({
          ...SMALL,
          title: `${kind === "public" ? "Public" : "Private"} minutes used`,
          description: `Time of ${kind} workers used in this billing period, and its share of ` +
            "what rules.yaml says is allowed.",
          queries: [
            { expr: `${used(kind)} / 60`, legend: "Minutes", look: { thresholds: [["text"]] } },
            {
              expr: `${used(kind)} / ${allowed(kind)}`,
              legend: "Of what is allowed",
              look: {
                unit: "percentunit",
                thresholds: [["green"], ["orange", 0.9], ["red", 1]],
              },
            },
          ],
          decimals: 0,
        })
      ),
      ...kinds.map((kind) =>
        timeSeries({
          title: `${kind === "public" ? "Public" : "Private"} minutes`,
          description: "What is used, what will be at the end of the period if the rest goes on " +
            "like the part that has passed (a rough guess in the first days), and what " +
            "rules.yaml says is allowed.",
          queries: [
            { expr: `${used(kind)} / 60`, legend: "Used" },
            {
              expr: `${used(kind)} / 60 * (${end} - ${start}) / ` +
                `clamp_min(time() - ${start}, 86400)`,
              legend: "Expected at the end",
            },
            { expr: `${allowed(kind)} / 60`, legend: "Allowed", look: { limit: "red" } },
          ],
          unit: "none",
          decimals: 0,
          min: 0,
          width: 12,
          height: 8,
        })
      ),
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
    thresholds: [["text"]],
    texts: { 0: { text: "Billing not enabled", color: "text" } },
  });
}
