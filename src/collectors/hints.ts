/** What a webhook says: that something has happened to a run. */
export interface Hint {
  readonly run: string;
  /** The id of the run's stack; empty where the webhook does not say. */
  readonly stack: string;
}

/** Hints that wait to be looked into; several of one run are one. */
export class Hints {
  readonly #limit: number;
  readonly #waiting = new Map<string, Hint>();
  readonly #listeners: (() => void)[] = [];

  /** Holds so many hints; further ones are dropped, for what they hint at is found anyway. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Takes a hint and tells everyone who listens. */
  add(hint: Hint): void {
    if (this.#waiting.size >= this.#limit && !this.#waiting.has(hint.run)) return;
    this.#waiting.set(hint.run, hint);
    for (const listener of this.#listeners) listener();
  }

  /** The hints that have waited longest. */
  oldest(count: number): Hint[] {
    return this.#waiting.values().take(count).toArray();
  }

  /** Drops a hint that was looked into, unless another of the same run has come meanwhile. */
  drop(hint: Hint): void {
    if (this.#waiting.get(hint.run) === hint) this.#waiting.delete(hint.run);
  }

  /** Calls back at each hint. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
