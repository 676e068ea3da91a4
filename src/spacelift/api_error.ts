/** Why the API gave no data, as metrics and logs tell it; the set is closed. */
export const REASONS = [
  "timeout",
  "unreachable",
  "rate_limited",
  "unauthorized",
  "unsupported",
  "graphql",
  "bad_response",
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
