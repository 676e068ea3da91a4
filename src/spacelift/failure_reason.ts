import type { Reason } from "./api_error.ts";

/** The reason for an HTTP status that is not 2xx. */
export function reasonOfStatus(status: number): Reason {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "unreachable";
  return "bad_response";
}

// The API's errors have no codes, so only their texts help:
// https://docs.spacelift.io/integrations/api and the errors that its own clients look for.
const MESSAGES: readonly (readonly [RegExp, Reason])[] = [
  [/not available for machine sessions/i, "unsupported"],
  [/cannot query field|unknown (argument|type|field)/i, "unsupported"],
  [
    /unauthorized|unauthenticated|forbidden|no such api|invalid (api key|credentials|secret)/i,
    "unauthorized",
  ],
  [/rate limit|too many requests/i, "rate_limited"],
];

/** The reason for a GraphQL error, derived from its message. */
export function reasonOfMessage(message: string): Reason {
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? "graphql";
}
