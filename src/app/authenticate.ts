import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import { log } from "../log.ts";
import { ApiError, type Reason } from "../spacelift/api_error.ts";
import { KeyRejected, type Session } from "../spacelift/session.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";

/**
 * Exchanges the API key for the first time, with retries: resolves once the API accepts it, and
 * throws `KeyRejected` when the API rejects it, or the signal's reason.
 */
export async function authenticate(session: Session, options: {
  clock: Clock;
  /** How long one attempt may take, in milliseconds. */
  timeout: number;
  signal: AbortSignal;
}): Promise<void> {
  const { clock, timeout, signal } = options;
  const backoff = new Backoff();
  let trouble: Reason | undefined;
  for (;;) {
    try {
      using limit = new TimeLimit(clock, timeout, signal);
      await session.token(limit.signal);
      log.info("The API accepted the API key");
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof KeyRejected) throw error;
      const pause = Math.max(backoff.next(), error.retryAfter ?? 0);
      const { reason } = error;
      const fields = { reason, error, retryInSeconds: Math.round(pause / 1000) };
      // Log each problem once, however often the exchange is retried.
      if (reason === trouble) log.debug("Still cannot exchange the API key, retrying", fields);
      else log.warn("Cannot exchange the API key yet, retrying", fields);
      trouble = reason;
      await sleep(clock, pause, signal);
    }
  }
}
