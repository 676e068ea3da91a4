import type { Run } from "./run.ts";

/** How many runs are kept. */
const KEPT = 20;

/** The runs that ended last, kept in full. */
export class RecentRuns {
  readonly #runs: Run[] = [];

  /** The latest first. */
  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** Adds a run that ended at `at`, in Unix seconds. */
  add(run: Run, at: number): void {
    const position = this.#runs.findIndex(({ course: { since } }) => (since ?? at) <= at);
    this.#runs.splice(position < 0 ? this.#runs.length : position, 0, run);
    this.#runs.length = Math.min(this.#runs.length, KEPT);
  }
}
