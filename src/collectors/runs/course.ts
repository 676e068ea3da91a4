import { cutLabelValue } from "../../metrics/family.ts";
import type { RunReply } from "./query.ts";

/**
 * How far a run has come; times are Unix seconds, and undefined when the API does not report them.
 */
export interface Course {
  /** The state in which it ended, or is now. */
  readonly state: string;
  readonly hasEnded: boolean;
  /** Whether it has ended although its history does not show that yet. */
  readonly isLagging: boolean;
  /** When it entered that state. */
  readonly since: number | undefined;
  readonly began: number | undefined;
  /** Seconds up to the end, or up to the current state. */
  readonly spent: TimeSpent | undefined;
}

/** The seconds of a run by what it spent them on. */
export interface TimeSpent {
  /** While Spacelift worked. */
  readonly active: number;
  /** While it waited for a worker. */
  readonly queue: number;
  /** While it waited for a person; undefined if it never did. */
  readonly wait: number | undefined;
}

interface Transition {
  readonly state: string;
  readonly timestamp: number;
  readonly terminal: boolean;
  readonly version: number;
}

const TERMINAL: ReadonlySet<string> = new Set([
  "CANCELED",
  "DISCARDED",
  "FAILED",
  "FINISHED",
  "SKIPPED",
  "STOPPED",
]);

/** States in which a run waits for a worker. */
export const WAITING_FOR_WORKER: ReadonlySet<string> = new Set(["PENDING", "QUEUED", "READY"]);

/** States in which a run waits for a person. */
export const WAITING_FOR_PERSON: ReadonlySet<string> = new Set(["PENDING_REVIEW", "UNCONFIRMED"]);

/** The course of a run: it ends when it first enters a terminal state, whatever follows. */
export function courseOf(run: RunReply): Course {
  const transitions = inOrder(run);
  const end = transitions.findIndex(({ terminal }) => terminal);
  const lived = end < 0 ? transitions : transitions.slice(0, end + 1);
  const last = lived.at(-1);
  const state = end < 0 ? run.state ?? last?.state ?? "UNKNOWN" : last?.state ?? "UNKNOWN";
  // A history that is older than the state does not show how long the run has been in it.
  const isWhole = last?.state === state;
  const hasEnded = end >= 0 || run.finished === true || (!isWhole && TERMINAL.has(state));
  return {
    state: cutLabelValue(state),
    hasEnded,
    isLagging: hasEnded && last !== undefined && !isWhole,
    since: isWhole ? last.timestamp : undefined,
    began: lived[0]?.timestamp,
    spent: isWhole && lived.length > 1 ? timeSpent(lived) : undefined,
  };
}

function timeSpent(lived: readonly Transition[]): TimeSpent {
  let active = 0;
  let queue = 0;
  let wait: number | undefined;
  for (const [index, { state, timestamp }] of lived.entries()) {
    const seconds = (lived[index + 1]?.timestamp ?? timestamp) - timestamp;
    if (WAITING_FOR_PERSON.has(state)) wait = (wait ?? 0) + seconds;
    else if (WAITING_FOR_WORKER.has(state)) queue += seconds;
    else active += seconds;
  }
  return { active, queue, wait };
}

/** Oldest first: by time, then by version, then as the API lists them, which is newest first. */
function inOrder({ history }: RunReply): Transition[] {
  const transitions = (history ?? []).flatMap(({ state, timestamp, terminal, stateVersion }) =>
    typeof state === "string" && typeof timestamp === "number"
      ? [{
        state,
        timestamp,
        terminal: terminal ?? TERMINAL.has(state),
        version: stateVersion ?? 0,
      }]
      : []
  );
  const first = transitions[0]?.timestamp ?? 0;
  const isNewestFirst = first >= (transitions.at(-1)?.timestamp ?? 0);
  return (isNewestFirst ? transitions.reverse() : transitions)
    .sort((a, b) => a.timestamp - b.timestamp || a.version - b.version);
}
