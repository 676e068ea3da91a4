import { Durations, SERIES_PER_PAIR } from "./durations.ts";
import { labelKey } from "./label_key.ts";
import type { Run } from "./run.ts";
import { RunCounts } from "./run_counts.ts";

/** When a run of some kind last ended. */
export interface LastEnded {
  readonly run: Run;
  /** Unix seconds. */
  readonly at: number;
}

/** Counts and durations of runs that ended, for as long as the process lives. */
export class Tally {
  readonly counts: RunCounts;
  readonly active: Durations;
  readonly queue: Durations;
  readonly wait: Durations;
  /** The latest end by space, stack, state and type. */
  readonly lastEnded: Map<string, LastEnded> = new Map();
  readonly #limit: number;

  /** `limit` is the approximate maximum number of series per family. */
  constructor(limit: number) {
    const pairs = Math.max(1, Math.floor(limit / SERIES_PER_PAIR));
    this.#limit = limit;
    this.counts = new RunCounts(limit);
    this.active = new Durations(pairs);
    this.queue = new Durations(pairs);
    this.wait = new Durations(pairs);
  }

  /**
   * Opens the series of a run under way so that its end appears as an increase; `now` is monotonic.
   */
  open({ driftDetection, space, stack, type }: Run, now: number): void {
    for (const state of ["FAILED", "FINISHED"]) {
      this.counts.open([driftDetection, space, stack, state, type], now);
    }
  }

  /** Counts a run that has ended. */
  count({ driftDetection, space, stack, type, course: { state, spent } }: Run, now: number): void {
    this.counts.add([driftDetection, space, stack, state, type], now);
    if (spent === undefined) return;
    this.active.observe(space, type, spent.active);
    this.queue.observe(space, type, spent.queue);
    if (spent.wait !== undefined) this.wait.observe(space, type, spent.wait);
  }

  /** Records when a run ended, in Unix seconds. */
  note(run: Run, at: number): void {
    const { space, stack, type, course: { state } } = run;
    const key = labelKey([space, stack, state, type]);
    const known = this.lastEnded.get(key);
    if (known === undefined && this.lastEnded.size >= this.#limit) return;
    if (at > (known?.at ?? -Infinity)) this.lastEnded.set(key, { run, at });
  }
}
