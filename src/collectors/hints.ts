/** What a webhook says: that something has happened to a run. */
export interface Hint {
  readonly run: string;
  /** The id of the run's stack; empty where the webhook does not say. */
  readonly stack: string;
}

/** How often a hint is looked into that meets errors. */
const MAX_TRIES = 10;

interface Waiting {
  readonly hint: Hint;
  /** How often it was looked into in vain. */
  readonly tries: number;
}

/** Hints that wait to be looked into; several of one run are one. */
export class Hints {
  readonly #limit: number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners: (() => void)[] = [];

  /** Holds so many hints; further ones are dropped, for what they hint at is found anyway. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether there are hints that nobody has looked into yet. */
  get hasNew(): boolean {
    return this.#waiting.values().some(({ tries }) => tries === 0);
  }

  /** Takes a hint and tells everyone who listens. */
  add(hint: Hint): void {
    if (this.#waiting.size >= this.#limit && !this.#waiting.has(hint.run)) return;
    this.#waiting.set(hint.run, { hint, tries: 0 });
    for (const listener of this.#listeners) listener();
  }

  /** The hints that have waited longest. */
  oldest(count: number): Hint[] {
    return this.#waiting.values().take(count).map(({ hint }) => hint).toArray();
  }

  /** Drops a hint that was looked into, unless another of the same run has come meanwhile. */
  drop(hint: Hint): void {
    if (this.#waiting.get(hint.run)?.hint === hint) this.#waiting.delete(hint.run);
  }

  /** Puts a hint that met an error after all others; one that has met many is dropped. */
  postpone(hint: Hint): void {
    const known = this.#waiting.get(hint.run);
    if (known?.hint !== hint) return;
    this.#waiting.delete(hint.run);
    const tries = known.tries + 1;
    if (tries < MAX_TRIES) this.#waiting.set(hint.run, { hint, tries });
  }

  /** Calls back at each hint. */
  listen(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
