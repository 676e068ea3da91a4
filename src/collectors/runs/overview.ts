import { waitsForPerson, waitsForWorker } from "./course.ts";
import type { Run } from "./run.ts";

/** Runs in the same situation, of which only the first are named. */
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
  /** Since when it is in that state, in Unix seconds. */
  readonly since: number | null;
}

/** How many runs a list names unless it names all. */
const LIST_LENGTH = 20;

/** What a person wants to know of an account's runs. */
export class RunsOverview {
  /** Runs that Spacelift works on; the longest first. */
  readonly running: RunList;
  /** Runs that wait for a worker; the longest first. */
  readonly queued: RunList;
  /** Runs that wait for a person, each of them named; the longest first. */
  readonly waiting: RunList;
  /** The runs that ended last; the latest first. */
  readonly lastEnded: readonly RunLine[];
  /** How many runs, at least, a limit leaves out. */
  readonly omitted: number;

  constructor(found: {
    readonly unfinished: readonly Run[];
    readonly lastEnded: readonly Run[];
    readonly omitted: number;
  }) {
    const { running = [], queued = [], waiting = [] } = Object.groupBy(
      found.unfinished,
      ({ course: { state } }) =>
        waitsForPerson(state) ? "waiting" : waitsForWorker(state) ? "queued" : "running",
    );
    this.running = list(running);
    this.queued = list(queued);
    this.waiting = list(waiting, waiting.length);
    this.lastEnded = found.lastEnded.slice(0, LIST_LENGTH).map(toLine);
    this.omitted = found.omitted;
  }
}

function list(runs: readonly Run[], length = LIST_LENGTH): RunList {
  // Not Infinity: the difference of two is no number to sort by.
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
