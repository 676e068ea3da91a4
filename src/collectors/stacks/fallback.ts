import type { Clock } from "../../clock.ts";
import { log } from "../../log.ts";
import { ApiError } from "../../spacelift/api_error.ts";

/** How long the smaller document is used before the preferred one is tried again, in milliseconds. */
const MEMORY = 3600_000;

/** Asks with a preferred document, or with a smaller one where the server does not support the first. */
export class Fallback {
  readonly #clock: Clock;
  #smallerUntil = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result of `preferred`, or of `smaller` where the former is unsupported. */
  async run<P, S>(preferred: () => Promise<P>, smaller: () => Promise<S>): Promise<P | S> {
    if (this.#clock.monotonic() < this.#smallerUntil) return await smaller();
    try {
      return await preferred();
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "unsupported") throw error;
      const result = await smaller();
      this.#smallerUntil = this.#clock.monotonic() + MEMORY;
      log.info("The API does not support every field that is asked for, asking for fewer", {
        error,
      });
      return result;
    }
  }
}
