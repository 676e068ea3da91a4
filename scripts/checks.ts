/** Things that were checked, each with what is wrong or nothing. */
export class Checks {
  readonly #say: (line: string) => void;
  #failures = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** How many checks failed. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Runs one check: it passes unless it throws, and may return a text to print next to its name.
   */
  async run(name: string, check: () => unknown): Promise<void> {
    try {
      const detail = await check();
      this.#say(typeof detail === "string" ? `ok    ${name}: ${detail}` : `ok    ${name}`);
    } catch (error) {
      this.#failures++;
      this.#say(`FAIL  ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
