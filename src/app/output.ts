/** How many texts may wait for a slow reader; further ones are dropped. */
const MAX_WAITING = 1000;

/**
 * Writes texts in order and in the background: whoever reads a log slowly, or not at all, must not
 * stop the exporter. A reader that is gone is no error.
 */
export class Output {
  readonly #stream: { write(data: Uint8Array): Promise<number> };
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(stream: { write(data: Uint8Array): Promise<number> }) {
    this.#stream = stream;
  }

  write(text: string): void {
    if (this.#waiting === MAX_WAITING) return;
    this.#waiting++;
    const done = () => {
      this.#waiting--;
    };
    this.#last = this.#last.then(() => this.#writeAll(text)).then(done, done);
  }

  /** Resolves when all that was given so far is written or given up. */
  written(): Promise<void> {
    return this.#last;
  }

  async #writeAll(text: string): Promise<void> {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#stream.write(bytes));
  }
}
