import { type Scenario, TARGET } from "../scenario.ts";

const HOUR = 3600;
const { job } = TARGET;

/** Worker time that is used up, in a period of 30 hours with an allowance of 1,000 minutes. */
export const USAGE_SCENARIOS: readonly Scenario[] = [
  {
    name: "Most of the allowance is used, until the next billing period",
    step: 60,
    duration: 5 * HOUR,
    begins: HOUR,
    ends: 4 * HOUR,
    allowance: { private: 60_000 },
    events: [
      { at: 0, act: ({ account }) => account.usage.billingPeriodEnd = 30 * HOUR },
      { at: HOUR, act: ({ account }) => account.usage.usedPrivateMinutes = 950 },
      { at: 4 * HOUR, act: ({ account }) => account.usage.usedPrivateMinutes = 0 },
    ],
    alerts: [
      {
        name: "SpaceliftBillingPeriodNearlyUsedUp",
        fires: 0,
        resolves: 0,
        shown: {
          labels: { job, kind: "private" },
          summary: "The allowance of private worker time is nearly used up",
          description: "95% of the private worker time allowed in this billing period is used.",
        },
      },
      {
        name: "SpaceliftBillingPeriodWillBeUsedUp",
        fires: 3600,
        resolves: 0,
        shown: {
          labels: { job, kind: "private" },
          summary: "The allowance of private worker time will not last",
          description:
            "At the rate so far, 118.8% of the private worker time allowed in this billing " +
            "period will be used by its end.",
        },
      },
    ],
  },
];
