import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../src/clock.ts";

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Time that stands still while collectors in the background work over a real network. */
export class StageClock implements Clock {
  readonly #requestTimeout: number;
  readonly #sleepers: number;
  readonly #sleeps = new Set<Timer>();
  #now = 0;

  /**
   * Timers of exactly `requestTimeout` milliseconds watch over a request and never fall due;
   * `sleepers` collectors sleep whenever they have nothing to do.
   */
  constructor(requestTimeout: number, sleepers: number) {
    this.#requestTimeout = requestTimeout;
    this.#sleepers = sleepers;
  }

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    if (ms === this.#requestTimeout) return () => {};
    const sleep = { due: this.#now + ms, callback };
    this.#sleeps.add(sleep);
    return () => this.#sleeps.delete(sleep);
  }

  /** Moves to a time in milliseconds, waiting for the work of whoever wakes up on the way. */
  async advanceTo(time: number): Promise<void> {
    for (let next = this.#next(time); next !== undefined; next = this.#next(time)) {
      this.#sleeps.delete(next);
      this.#now = next.due;
      next.callback();
      await this.asleep();
    }
    this.#now = time;
  }

  /** Resolves when there is nothing to do but wait. */
  async asleep(): Promise<void> {
    while (this.#sleeps.size < this.#sleepers) await setImmediate();
  }

  #next(time: number): Timer | undefined {
    const byTime = [...this.#sleeps].toSorted((a, b) => a.due - b.due);
    return byTime.find(({ due }) => due <= time);
  }
}
