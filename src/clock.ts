/** Time as the exporter sees it; tests pass one that they move by hand. */
export interface Clock {
  /** Milliseconds that only ever go forward, whatever happens to the wall clock. */
  monotonic(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Calls back once, `ms` from now; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** The longest time that a timer of the runtime can wait for, in milliseconds. */
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

/** Resolves `ms` from now, or rejects with the signal's reason as soon as that aborts. */
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
