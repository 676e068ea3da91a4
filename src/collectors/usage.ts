import * as v from "valibot";
import { family, single } from "../metrics/family.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Collector } from "./collector.ts";
import { count, timestamp } from "./reply.ts";

export const PERIOD_START = family({
  name: "spacelift_current_billing_period_start_timestamp_seconds",
  help: "The timestamp of the start of the current billing period",
  type: "gauge",
  labels: [],
});
export const PERIOD_END = family({
  name: "spacelift_current_billing_period_end_timestamp_seconds",
  help: "The timestamp of the end of the current billing period",
  type: "gauge",
  labels: [],
});
export const USED_PRIVATE = family({
  name: "spacelift_current_billing_period_used_private_seconds",
  help: "The amount of private worker usage in the current billing period",
  type: "gauge",
  labels: [],
});
export const USED_PUBLIC = family({
  name: "spacelift_current_billing_period_used_public_seconds",
  help: "The amount of public worker usage in the current billing period",
  type: "gauge",
  labels: [],
});
export const USED_SEATS = family({
  name: "spacelift_current_billing_period_used_seats",
  help: "The number of seats used in the current billing period",
  type: "gauge",
  labels: [],
});

const OPERATION = {
  name: "PrometheusExporter_Usage",
  document:
    "query PrometheusExporter_Usage{usage{billingPeriodStart,billingPeriodEnd,usedPrivateMinutes,usedPublicMinutes,usedSeats}}",
  data: v.object({
    usage: v.object({
      billingPeriodStart: timestamp,
      billingPeriodEnd: timestamp,
      usedPrivateMinutes: count,
      usedPublicMinutes: count,
      usedSeats: count,
    }),
  }),
} satisfies Operation<unknown>;

/** The current billing period; needs read access to the root space. */
export const usage: Collector = {
  name: "usage",
  families: [PERIOD_START, PERIOD_END, USED_PRIVATE, USED_PUBLIC, USED_SEATS],
  async collect(client, signal) {
    const { usage } = await client.query(OPERATION, { signal });
    return [
      single(PERIOD_START, usage.billingPeriodStart),
      single(PERIOD_END, usage.billingPeriodEnd),
      single(USED_PRIVATE, minutesToSeconds(usage.usedPrivateMinutes)),
      single(USED_PUBLIC, minutesToSeconds(usage.usedPublicMinutes)),
      single(USED_SEATS, usage.usedSeats),
    ];
  },
};

function minutesToSeconds(minutes: number | null): number | null {
  return minutes === null ? null : minutes * 60;
}
