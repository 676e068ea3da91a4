import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import { type ApiError, isUnsupported } from "../spacelift/api_error.ts";

/** How long a smaller document is used before the largest is retried, in milliseconds. */
const MEMORY = 3600_000;

/** One document to try, and what the next smaller one leaves out. */
export interface Step<T> {
  readonly ask: () => Promise<T>;
  readonly leavesOut: string;
}

/** Sends the largest document that the server supports, falling back step by step. */
export class Fallback {
  readonly #clock: Clock;
  #step = 0;
  #until = -Infinity;
  #logged = new Set<string>();
  /** Whether the server refused even the smallest document. */
  #isRefused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result of the first supported step; the steps must be the same on each call. */
  async run<T>(steps: readonly Step<T>[], smallest: () => Promise<T>): Promise<T> {
    if (this.#isRefused) {
      // The smallest document only detects that the server no longer refuses: serving its result
      // would look like an older server.
      await smallest();
      this.#isRefused = false;
    }
    const start = this.#clock.monotonic() < this.#until ? this.#step : 0;
    const missing: { leavesOut: string; error: ApiError }[] = [];
    for (const { ask, leavesOut } of steps.slice(start)) {
      try {
        return this.#found(await ask(), start, missing);
      } catch (error) {
        if (!isUnsupported(error)) throw error;
        missing.push({ leavesOut, error });
      }
    }
    try {
      return this.#found(await smallest(), start, missing);
    } catch (error) {
      this.#isRefused = isUnsupported(error);
      throw error;
    }
  }

  #found<T>(
    result: T,
    start: number,
    missing: readonly { leavesOut: string; error: ApiError }[],
  ): T {
    if (start === 0) {
      this.#logged = this.#logged.intersection(new Set(missing.map(({ leavesOut }) => leavesOut)));
    }
    if (missing.length > 0) {
      this.#step = start + missing.length;
      this.#until = this.#clock.monotonic() + MEMORY;
    }
    for (const { leavesOut, error } of missing) {
      if (this.#logged.has(leavesOut)) continue;
      this.#logged.add(leavesOut);
      log.info(`The API does not support every requested field, leaving out ${leavesOut}`, {
        error,
      });
    }
    return result;
  }
}
