import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";
import { LIMIT } from "./eventually.ts";

interface Timer {
  readonly ms: number;
  readonly due: number;
  readonly callback: () => void;
}

/** Time that moves only when a test says so. */
export class FakeClock implements Clock {
  #now = 0;
  #wallOffset: number;
  readonly #timers = new Set<Timer>();
  readonly #work = new Set<() => boolean>();

  /** `wall` is the time of day to start at, in milliseconds since the Unix epoch. */
  constructor(wall = 1_800_000_000_000) {
    this.#wallOffset = wall;
  }

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#wallOffset;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { ms, due: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many callbacks are waiting; a test that ends with some has found a forgotten timer. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How many of them were to wait for exactly so long: those of one kind, such as time-outs. */
  pendingOf(ms: number): number {
    return [...this.#timers].filter((timer) => timer.ms === ms).length;
  }

  /** How long it is until the first of them, in milliseconds; NaN when nothing is waiting. */
  get untilNext(): number {
    return (this.#next(Infinity)?.due ?? NaN) - this.#now;
  }

  /** Moves the time of day alone, as an administrator or a leap would. */
  stepWall(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Has time stand still while there is work that takes real time, such as requests; until called. */
  standStillWhile(isAtWork: () => boolean): () => void {
    this.#work.add(isAtWork);
    return () => this.#work.delete(isAtWork);
  }

  /** Moves time on, calling what falls due in order and letting each call's work settle. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
      await this.#settle();
    }
    this.#now = end;
  }

  /** Moves time on to the first callback that is waiting, but not beyond `end`. */
  async advanceToNext(end = Infinity): Promise<void> {
    const next = this.#next(end);
    const target = next?.due ?? (end === Infinity ? this.#now : end);
    await this.advance(Math.max(target - this.#now, 0));
  }

  async #settle(): Promise<void> {
    await settle();
    const isAtWork = () => [...this.#work].some((isBusy) => isBusy());
    const end = performance.now() + LIMIT;
    while (isAtWork()) {
      if (performance.now() > end) throw new Error("There is work under way that does not end");
      await setImmediate();
      if (!isAtWork()) await settle();
    }
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }
}

/** Lets promises and immediate callbacks that are already under way finish. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
