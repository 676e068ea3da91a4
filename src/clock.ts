/** The exporter's source of time; tests pass one that they advance by hand. */
export interface Clock {
  /** Milliseconds that never go backwards, even when the wall clock does. */
  monotonic(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Calls back once, `ms` from now; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest delay that the runtime's timers support, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (rest: number) => {
      timer = setTimeout(
        () => rest > LONGEST_TIMER ? wait(rest - LONGEST_TIMER) : callback(),
        Math.min(rest, LONGEST_TIMER),
      );
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};

/** Seconds since `start`, a reading of the monotonic clock, to the microsecond. */
export function secondsSince(clock: Clock, start: number): number {
  return Math.round((clock.monotonic() - start) * 1000) / 1e6;
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
