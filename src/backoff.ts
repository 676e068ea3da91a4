/** Exponential back-off between retries: doubles up to 30 s, with jitter. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** `random` returns numbers from 0 to 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The pause after another failure, in milliseconds: half of it is fixed, half is random. */
  next(): number {
    const longest = Math.min(1000 * 2 ** this.#failures++, 30_000);
    return longest / 2 + this.#random() * longest / 2;
  }

  /** Starts over after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
