/**
 * Why there is no fresh data, as metrics and logs report it; the set is closed. `stale` is not a
 * failed request: the last good data expired before newer data arrived.
 */
export const REASONS = [
  "timeout",
  "unreachable",
  "rate_limited",
  "unauthorized",
  "unsupported",
  "graphql",
  "bad_response",
  "stale",
] as const;

export type Reason = typeof REASONS[number];

/** The API returned no usable data; the reason classifies the failure. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly reason: Reason;
  /** The API's Retry-After, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(
    reason: Reason,
    message: string,
    options: { cause?: unknown; retryAfter?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
  }
}

/** The API refuses an operation although it accepts the token: the key lacks a permission. */
export class AccessDenied extends ApiError {
  constructor(refusal: ApiError) {
    super("unauthorized", refusal.message, { cause: refusal.cause });
  }
}

/** Whether an error says that the account or server does not have what was requested. */
export function isUnsupported(error: unknown): error is ApiError {
  return error instanceof ApiError && error.reason === "unsupported";
}
