import * as v from "valibot";
import { gauge } from "../metrics/metric.ts";
import { SMALL_REPLY_BYTES } from "../spacelift/endpoint.ts";
import { count, queryCollector, timestamp } from "./collector.ts";

const replySchema = v.object({
  usage: v.object({
    billingPeriodStart: timestamp,
    billingPeriodEnd: timestamp,
    usedPrivateMinutes: count,
    usedPublicMinutes: count,
    usedSeats: count,
  }),
});
type Reply = v.InferOutput<typeof replySchema>;

/** The current billing period; needs read access to the root space. */
export const usage = queryCollector({
  name: "usage",
  subject: "the usage in the current billing period",
  isOriginal: true,
  operation: {
    name: "PrometheusExporter_Usage",
    document:
      "query PrometheusExporter_Usage{usage{billingPeriodStart,billingPeriodEnd,usedPrivateMinutes,usedPublicMinutes,usedSeats}}",
    data: replySchema,
    maxReplyBytes: SMALL_REPLY_BYTES,
  },
  metrics: {
    periodStart: gauge(
      "spacelift_current_billing_period_start_timestamp_seconds",
      "The timestamp of the start of the current billing period",
      ({ usage }: Reply) => usage.billingPeriodStart,
    ),
    periodEnd: gauge(
      "spacelift_current_billing_period_end_timestamp_seconds",
      "The timestamp of the end of the current billing period",
      ({ usage }: Reply) => usage.billingPeriodEnd,
    ),
    usedPrivate: gauge(
      "spacelift_current_billing_period_used_private_seconds",
      "The amount of private worker usage in the current billing period",
      ({ usage }: Reply) => minutesToSeconds(usage.usedPrivateMinutes),
    ),
    usedPublic: gauge(
      "spacelift_current_billing_period_used_public_seconds",
      "The amount of public worker usage in the current billing period",
      ({ usage }: Reply) => minutesToSeconds(usage.usedPublicMinutes),
    ),
    usedSeats: gauge(
      "spacelift_current_billing_period_used_seats",
      "The number of seats used in the current billing period",
      ({ usage }: Reply) => usage.usedSeats,
    ),
  },
});

function minutesToSeconds(minutes: number | null): number | null {
  return minutes === null ? null : minutes * 60;
}
