/**
 * Why there is no fresh data, as metrics and logs report it; the set is closed. `stale` is no failure
 * of a request: the last good data has become too old before newer came.
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

/** The API gave no usable data; the reason says what kind of trouble it was. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly reason: Reason;
  /** How long the API asked not to be asked again, in milliseconds. */
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

/** The API refuses an operation though it accepts the token: the key lacks a right. */
export class AccessDenied extends ApiError {
  constructor(refusal: ApiError) {
    super("unauthorized", refusal.message, { cause: refusal.cause });
  }
}
