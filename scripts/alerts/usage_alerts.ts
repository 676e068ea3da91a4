import type { Alert, AlertGroup } from "./alert.ts";
import { RECORDED } from "./recording_rules.ts";

const NEEDS = "Collector `usage`, `rules.yaml`, and your allowance in its group " +
  "`spacelift-billing`: the API does not tell it, and without it the alert never fires.";

/** Alerts on the billing period. */
export function usageAlerts(): AlertGroup {
  const check = [
    "`spacelift:billing_period_used:seconds / 60` and " +
    "`spacelift:billing_period_projected:seconds / 60`, in minutes.",
    "Which stacks run most: the usage page in Spacelift.",
  ];
  const shared: Pick<Alert, "severity" | "needs"> = { severity: "warning", needs: NEEDS };
  return {
    name: "spacelift-usage",
    title: "Usage",
    alerts: [
      {
        ...shared,
        name: "SpaceliftBillingPeriodNearlyUsedUp",
        expr: `${share(RECORDED.used)} > 0.9`,
        summary: "The allowance of {{ $labels.kind }} worker time is nearly used up",
        description: "{{ $value | humanizePercentage }} of the {{ $labels.kind }} worker time " +
          "allowed in this billing period is used.",
        runbook: {
          meaning: "Nine tenths of the allowance that you wrote into `rules.yaml` are used.",
          check,
          act: [
            "Raise the allowance with Spacelift, and in `rules.yaml`.",
            "Run less: fewer drift detection schedules, fewer proposed runs.",
          ],
        },
      },
      {
        ...shared,
        name: "SpaceliftBillingPeriodWillBeUsedUp",
        expr: `${share(RECORDED.projected)} > 1`,
        for: "1h",
        summary: "The allowance of {{ $labels.kind }} worker time will not last",
        description: "At the rate so far, {{ $value | humanizePercentage }} of the " +
          "{{ $labels.kind }} worker time allowed in this billing period will be used at its end.",
        runbook: {
          meaning: "Used so far, times the whole period, over the part of it that has passed, is " +
            "more than the allowance. In the first days of a period this is a rough guess.",
          check,
          act: [
            "As for [SpaceliftBillingPeriodNearlyUsedUp](#spaceliftbillingperiodnearlyusedup).",
          ],
        },
      },
    ],
  };
}

function share(seconds: string): string {
  return `${seconds} / on (kind) group_left () ${RECORDED.allowed}`;
}
