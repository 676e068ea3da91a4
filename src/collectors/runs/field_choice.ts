import type { Clock } from "../../clock.ts";
import { log } from "../../log.ts";
import { type ApiError, isUnsupported } from "../../spacelift/api_error.ts";
import type { Without } from "./query.ts";

/** How long a smaller choice is used before every field is requested again, in milliseconds. */
const MEMORY = 3600_000;

/** Fields that servers may lack, least important first; fields introduced together are one choice. */
const OPTIONAL: readonly (readonly string[])[] = [
  ["total"],
  ["terminal", "stateVersion"],
  ["space"],
  ["driftDetection"],
  ["finished"],
  ["createdAt"],
  ["type"],
  ["history"],
];

const NOTHING: Without = new Set();
const EVERYTHING: Without = new Set(OPTIONAL.flat());

/** Finds the largest set of fields that a server supports, and remembers it. */
export class FieldChoice {
  readonly #clock: Clock;
  #without = NOTHING;
  #until = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends a request with as many fields as the server supports; throws when it supports none. */
  async ask<T>(send: (without: Without) => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    if (now < this.#until) return await send(this.#without);
    try {
      return await send(NOTHING);
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      return await this.#choose(send, error);
    }
  }

  /** Starts with the fewest fields and adds those that are supported: a server may lack several. */
  async #choose<T>(send: (without: Without) => Promise<T>, refusal: ApiError): Promise<T> {
    let without = EVERYTHING;
    let result = await send(without);
    for (const fields of OPTIONAL.toReversed()) {
      const fewer = without.difference(new Set(fields));
      try {
        result = await send(fewer);
        without = fewer;
      } catch (error) {
        if (!isUnsupported(error)) throw error;
      }
    }
    const isNews = without.symmetricDifference(this.#without).size > 0;
    this.#without = without;
    this.#until = this.#clock.monotonic() + MEMORY;
    if (isNews) {
      log.info("The API does not support every field of runs, requesting fewer", {
        without: [...without],
        error: refusal,
      });
    }
    return result;
  }
}
