import { COLLECTOR_SWITCHES } from "../cli/flags.ts";
import type { ApiError, Reason } from "../spacelift/api_error.ts";
import { KeyRejected } from "../spacelift/session.ts";

const OUTAGES = "https://status.spacelift.io reports Spacelift's outages";

/** The remedy for each reason why the API returns no data. */
const REMEDIES: Readonly<Record<Reason, string>> = {
  timeout: "try again; if the API is only slow, raise --scrape-timeout",
  unreachable: `try again later; ${OUTAGES}`,
  rate_limited: "try again later, and use the key in fewer programs",
  unauthorized: "give the key read access to the root space",
  unsupported: "update your self-hosted Spacelift, or use another kind of key",
  graphql: `try again later; ${OUTAGES}`,
  stale: "try again later",
  bad_response: "check --api-endpoint, and report this if it is right",
};

/** Permanent reasons: a retry does not help. */
const LASTING: readonly Reason[] = ["unauthorized", "unsupported", "graphql", "bad_response"];

/**
 * What to do when the key could not be exchanged; `failed` is the earlier step that failed, if any.
 */
export function exchangeRemedy(error: ApiError, problem: string, failed?: string): string {
  if (error instanceof KeyRejected) {
    return "check --api-key-id and the key's secret, and that --api-endpoint is the account that " +
      "the key belongs to";
  }
  const isNetwork = error.reason === "unreachable" || error.reason === "timeout";
  if (isNetwork && failed === "TLS") return "solve the problem above first";
  if (isNetwork && failed !== undefined) {
    return "solve the problem above first; if this network requires a proxy, set HTTPS_PROXY to " +
      "its URL: anything else is silently ignored";
  }
  if (/invalid HTTP version/i.test(problem)) {
    return "the server there does not speak HTTP: check the port, or begin --api-endpoint with " +
      "https://";
  }
  if (error.reason === "bad_response" || error.reason === "unauthorized") {
    return "check that --api-endpoint is the URL of an account, such as " +
      "https://myaccount.app.spacelift.io";
  }
  return REMEDIES[error.reason];
}

/** What to do when a collector has no data. */
export function collectorRemedy(collector: string, reason: Reason): string {
  if (!LASTING.includes(reason)) return REMEDIES[reason];
  return `${REMEDIES[reason]}, or turn the collector off with ` +
    `--no-${COLLECTOR_SWITCHES.nameOf(collector)}`;
}
