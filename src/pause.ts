import { type Clock, sleep } from "./clock.ts";

/** Pauses between rounds of work, which somebody in a hurry can cut short. */
export class Pause {
  readonly #clock: Clock;
  #isHurried = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Cuts the pause short, or the next one during a round. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake();
  }

  /** Waits for `least` milliseconds, then until `hurry` is called or `most` have passed. */
  async wait(least: number, most: number, signal: AbortSignal): Promise<void> {
    await sleep(this.#clock, least, signal).catch(() => {});
    if (!this.#isHurried && least < most && !signal.aborted) {
      const waking = new AbortController();
      this.#wake = () => waking.abort();
      signal.addEventListener("abort", this.#wake, { once: true });
      await sleep(this.#clock, most - least, waking.signal).catch(() => {});
      signal.removeEventListener("abort", this.#wake);
      this.#wake = () => {};
    }
    this.#isHurried = false;
  }
}
