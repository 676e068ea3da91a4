import type { Run } from "../api/account.ts";
import type { Agenda } from "./agenda.ts";
import type { GeneratedAccount } from "./generate_account.ts";
import type { Random } from "./random.ts";

/** What every part of a simulation shares; `now` is Unix seconds. */
export interface World {
  readonly account: GeneratedAccount;
  readonly agenda: Agenda;
  readonly random: Random;
  /** Called whenever a run has entered another state. */
  readonly onTransition: (run: Run) => void;
  now: number;
  /** How the next runs that are planned go on, instead of by chance. */
  readonly outcomes: ("FAILED" | "UNCONFIRMED")[];
}
