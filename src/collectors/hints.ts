/** A hint from a webhook that something happened to a run. */
export interface Hint {
  readonly run: string;
  /** The id of the run's stack; empty when the webhook does not name it. */
  readonly stack: string;
}

/** Pending hints; several for one run count as one. */
export class Hints {
  readonly #limit: number;
  readonly #waiting = new Map<string, Hint>();
  readonly #listeners: (() => void)[] = [];

  /** Holds up to `limit` hints and drops further ones, because polling finds those runs anyway. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Adds a hint and notifies the listeners. */
  add(hint: Hint): void {
    if (this.#waiting.size >= this.#limit && !this.#waiting.has(hint.run)) return;
    this.#waiting.set(hint.run, hint);
    for (const listener of this.#listeners) listener();
  }

  /** The oldest hints. */
  oldest(count: number): Hint[] {
    return this.#waiting.values().take(count).toArray();
  }

  /** Drops a hint that was handled, unless a newer one for the same run has arrived. */
  drop(hint: Hint): void {
    if (this.#waiting.get(hint.run) === hint) this.#waiting.delete(hint.run);
  }

  /** Calls back on each hint. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
