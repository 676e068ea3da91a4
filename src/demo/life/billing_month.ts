/** A billing period in Unix seconds; its end is the next one's start. */
export interface BillingPeriod {
  billingPeriodStart: number;
  billingPeriodEnd: number;
}

/** The calendar month in UTC that holds a time, which is Unix seconds. */
export function monthAround(now: number): BillingPeriod {
  const date = new Date(now * 1000);
  return {
    billingPeriodStart: startOfMonth(date.getUTCFullYear(), date.getUTCMonth()),
    billingPeriodEnd: startOfMonth(date.getUTCFullYear(), date.getUTCMonth() + 1),
  };
}

function startOfMonth(year: number, month: number): number {
  return Date.UTC(year, month) / 1000;
}
