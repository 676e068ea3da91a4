import { WAITING_FOR_PERSON, WAITING_FOR_WORKER } from "./course.ts";
import type { Run } from "./run.ts";

/** Runs in the same situation; only the first ones are listed. */
export interface RunList {
  readonly count: number;
  readonly first: readonly RunLine[];
}

/** A run as one line of a list. */
export interface RunLine {
  readonly id: string;
  /** Empty for a run without a stack. */
  readonly stack: string;
  readonly space: string;
  readonly type: string;
  readonly state: string;
  readonly isDriftDetection: boolean;
  /** When it entered that state, in Unix seconds. */
  readonly since: number | null;
}

/** The maximum length of a list, unless it names every run. */
const LIST_LENGTH = 20;

/** What the status page shows about an account's runs. */
export class RunsOverview {
  /** Runs that Spacelift is working on; the longest first. */
  readonly running: RunList;
  /** Queued runs; the longest first. */
  readonly queued: RunList;
  /** Runs waiting for a person, all of them; the longest first. */
  readonly waiting: RunList;
  /** The runs that ended last; the latest first. */
  readonly lastEnded: readonly RunLine[];
  /** The minimum number of runs that a limit leaves out. */
  readonly omitted: number;

  constructor(found: {
    readonly unfinished: readonly Run[];
    readonly lastEnded: readonly Run[];
    readonly omitted: number;
  }) {
    const { running = [], queued = [], waiting = [] } = Object.groupBy(
      found.unfinished,
      ({ course: { state } }) =>
        WAITING_FOR_PERSON.has(state)
          ? "waiting"
          : WAITING_FOR_WORKER.has(state)
          ? "queued"
          : "running",
    );
    this.running = list(running);
    this.queued = list(queued);
    this.waiting = list(waiting, waiting.length);
    this.lastEnded = found.lastEnded.map(toLine);
    this.omitted = found.omitted;
  }
}

function list(runs: readonly Run[], length = LIST_LENGTH): RunList {
  // Not Infinity: the difference of two would be NaN.
  const since = ({ course }: Run) => course.since ?? Number.MAX_SAFE_INTEGER;
  const longestFirst = runs.toSorted((a, b) => since(a) - since(b));
  return { count: runs.length, first: longestFirst.slice(0, length).map(toLine) };
}

function toLine(
  { id, stack, space, type, driftDetection, course: { state, since } }: Run,
): RunLine {
  const isDriftDetection = driftDetection === "true";
  return { id, stack, space, type, state, isDriftDetection, since: since ?? null };
}
