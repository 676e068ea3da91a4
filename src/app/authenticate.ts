import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import { log } from "../log.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { KeyRejected, type Session } from "../spacelift/session.ts";
import { timedOut } from "../spacelift/timed_out.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";

/**
 * Exchanges the API key for the first time: tries until the API accepts it, and throws
 * `KeyRejected` when it does not, or the signal's reason.
 */
export async function authenticate(session: Session, options: {
  clock: Clock;
  /** How long one try may take, in milliseconds. */
  timeout: number;
  signal: AbortSignal;
}): Promise<void> {
  const { clock, timeout, signal } = options;
  const backoff = new Backoff();
  for (;;) {
    try {
      using limit = new TimeLimit(clock, timeout, signal, () => timedOut(timeout));
      await session.token(limit.signal);
      log.info("The API accepted the API key");
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof KeyRejected) throw error;
      const pause = Math.max(backoff.next(), error.retryAfter ?? 0);
      log.warn("Cannot exchange the API key yet, trying again", {
        reason: error.reason,
        error,
        retryInSeconds: Math.round(pause / 1000),
      });
      await sleep(clock, pause, signal);
    }
  }
}
