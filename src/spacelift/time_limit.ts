import type { Clock } from "../clock.ts";

/** A signal that aborts with its parent, or by itself after a time; dispose of it to stop the timer. */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #parent: AbortSignal;
  readonly #follow = () => this.#controller.abort(this.#parent.reason);

  /** Aborts with `reason()` after `ms`, unless the parent aborts before. */
  constructor(clock: Clock, ms: number, parent: AbortSignal, reason: () => unknown) {
    this.#parent = parent;
    this.#cancel = clock.after(ms, () => this.#controller.abort(reason()));
    parent.addEventListener("abort", this.#follow, { once: true });
    if (parent.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#parent.removeEventListener("abort", this.#follow);
  }
}
