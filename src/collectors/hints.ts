/** A hint from a webhook that something happened to a run. */
export interface Hint {
  readonly run: string;
  /** The id of the run's stack; empty when the webhook does not name it. */
  readonly stack: string;
}

/** How many times a hint whose requests fail is tried. */
const MAX_TRIES = 10;

interface Waiting {
  readonly hint: Hint;
  /** How many tries have failed. */
  readonly tries: number;
}

/** Pending hints; several for one run count as one. */
export class Hints {
  readonly #limit: number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners: (() => void)[] = [];

  /** Holds up to `limit` hints and drops further ones, because polling finds those runs anyway. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether there are hints that have not been tried yet. */
  get hasNew(): boolean {
    return this.#waiting.values().some(({ tries }) => tries === 0);
  }

  /** Adds a hint and notifies the listeners. */
  add(hint: Hint): void {
    if (this.#waiting.size >= this.#limit && !this.#waiting.has(hint.run)) return;
    this.#waiting.set(hint.run, { hint, tries: 0 });
    for (const listener of this.#listeners) listener();
  }

  /** The oldest hints. */
  oldest(count: number): Hint[] {
    return this.#waiting.values().take(count).map(({ hint }) => hint).toArray();
  }

  /** Drops a hint that was handled, unless a newer one for the same run has arrived. */
  drop(hint: Hint): void {
    if (this.#waiting.get(hint.run)?.hint === hint) this.#waiting.delete(hint.run);
  }

  /** Moves a hint whose request failed to the end; drops it after too many failures. */
  postpone(hint: Hint): void {
    const known = this.#waiting.get(hint.run);
    if (known?.hint !== hint) return;
    this.#waiting.delete(hint.run);
    const tries = known.tries + 1;
    if (tries < MAX_TRIES) this.#waiting.set(hint.run, { hint, tries });
  }

  /** Calls back on each hint. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
