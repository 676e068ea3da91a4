import { type Run, TERMINAL_STATES, type Transition } from "../api/account.ts";
import type { World } from "./world.ts";

/** What is known of a run when it is created. */
export type NewRun = Pick<Run, "stackId" | "type" | "driftDetection">;

/** Runs that are kept once they have ended. */
const KEPT = 10_000;

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Keeps an account's runs with every state that each has entered, and reports each transition. */
export class RunLog {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A run that is queued from now on, or was at an earlier time in Unix seconds. */
  create(newRun: NewRun, createdAt = this.#world.now): Run {
    const { account: { runs }, random } = this.#world;
    const id = timePart(createdAt) + random.identifier(16);
    const run: Run = { ...newRun, id, isModule: false, createdAt, history: [] };
    runs.push(run);
    if (runs.length > 1.1 * KEPT) this.#forget();
    this.enter(run, "QUEUED", { timestamp: createdAt });
    return run;
  }

  /** Moves a run to another state; `username` is who did it. */
  enter(run: Run, state: string, options: Partial<Transition> = {}): void {
    const { now, onTransition } = this.#world;
    const terminal = TERMINAL_STATES.has(state);
    run.history.push({ state, terminal, timestamp: now, username: null, ...options });
    onTransition(run);
  }

  #forget(): void {
    const { account } = this.#world;
    const oldest = account.runs.length - KEPT;
    account.runs = account.runs.filter((run, index) => index >= oldest || !hasEnded(run));
  }
}

/** Whether the last transition of a run ended it. */
export function hasEnded({ history }: Run): boolean {
  return history.at(-1)?.terminal ?? false;
}

/** The ten characters with which ULIDs of that second begin. */
function timePart(unixSeconds: number): string {
  let rest = unixSeconds * 1000;
  let text = "";
  while (text.length < 10) {
    text = (DIGITS[rest % 32] ?? "") + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
