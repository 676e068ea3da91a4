import type { Clock } from "../../clock.ts";
import { log } from "../../log.ts";
import { ApiError } from "../../spacelift/api_error.ts";
import type { Without } from "./query.ts";

/** How long a smaller choice is used before every field is requested again, in milliseconds. */
const MEMORY = 3600_000;

/** What to leave out, in the order of attempts; finally everything optional. */
const CHOICES: readonly Without[] = [
  [],
  ["total"],
  ["terminal", "stateVersion"],
  ["space"],
  ["driftDetection"],
  ["finished"],
  ["history"],
  ["createdAt"],
  ["total", "space", "type", "createdAt", "finished", "driftDetection", "history"],
].map((fields) => new Set(fields));

/** Finds the largest set of fields that a server supports, and remembers it. */
export class FieldChoice {
  readonly #clock: Clock;
  #without: Without = CHOICES[0] ?? new Set();
  #until = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends a request with as many fields as the server supports; throws when it supports none. */
  async ask<T>(send: (without: Without) => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    if (now < this.#until) return await send(this.#without);
    let refusal: ApiError | undefined;
    for (const without of CHOICES) {
      try {
        const result = await send(without);
        this.#remember(without, refusal);
        return result;
      } catch (error) {
        if (!(error instanceof ApiError) || error.reason !== "unsupported") throw error;
        refusal ??= error;
      }
    }
    throw refusal;
  }

  #remember(without: Without, error: ApiError | undefined): void {
    this.#without = without;
    if (error === undefined) return;
    this.#until = this.#clock.monotonic() + MEMORY;
    log.info("The API does not support every field of runs, requesting fewer", {
      without: [...without],
      error,
    });
  }
}
