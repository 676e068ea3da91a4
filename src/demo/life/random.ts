const STEP = 0x6d2b79f5;
const RANGE = 2 ** 32;

/** A repeatable source of chance: the same seed gives the same sequence (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A fraction from 0 up to, not including, 1. */
  fraction(): number {
    this.#state = (this.#state + STEP) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / RANGE;
  }

  /** A whole number between two bounds, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number whose mean over many draws is `rate`. */
  count(rate: number): number {
    return Math.floor(rate + this.fraction());
  }

  /** One of the entries; undefined when there is none. */
  pick<T>(entries: readonly T[]): T | undefined {
    return entries[Math.floor(this.fraction() * entries.length)];
  }

  /** An identifier in the alphabet of ULIDs. */
  identifier(length: number): string {
    let text = "";
    while (text.length < length) text += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[this.integer(0, 31)];
    return text;
  }
}
