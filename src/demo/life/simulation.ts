import type { Account, Run } from "../api/account.ts";
import { Agenda } from "./agenda.ts";
import { type AccountSize, generateAccount } from "./generate_account.ts";
import { Random } from "./random.ts";
import { RunLife } from "./runs.ts";
import { StackLife } from "./stacks.ts";
import { UsageMeter } from "./usage.ts";
import { WorkerFleet } from "./worker_fleet.ts";
import type { World } from "./world.ts";

/** How to make a simulation; the same options give the same life, second by second. */
export interface SimulationOptions extends AccountSize {
  seed: number;
  /** Unix seconds. */
  startedAt: number;
  /** Called whenever a run has entered another state, after the start. */
  onTransition?: (run: Run) => void;
}

/** Seconds lived before the start, so that runs are going on from the first moment. */
const WARM_UP_SECONDS = 900;

/** The longest gap that is simulated; of a longer one, only this much. */
const MAX_CATCH_UP_SECONDS = 3600;

/** A generated account that lives in steps of one second. */
export class Simulation {
  readonly #world: World;
  readonly #parts: readonly { step(): void }[];

  constructor(options: SimulationOptions) {
    const random = new Random(options.seed);
    const now = options.startedAt - WARM_UP_SECONDS;
    const account = generateAccount(options, random, now);
    const onTransition = (run: Run) => {
      if (this.#world.now > options.startedAt) options.onTransition?.(run);
    };
    this.#world = { account, agenda: new Agenda(), random, now, onTransition, outcomes: [] };
    const fleet = new WorkerFleet(this.#world);
    const stackLife = new StackLife(this.#world);
    this.#parts = [
      fleet,
      new RunLife(this.#world, fleet),
      stackLife,
      new UsageMeter(this.#world, fleet),
    ];
    this.advanceTo(options.startedAt);
    // Viewers should not wait long until something happens.
    this.#world.outcomes.push("FAILED", "UNCONFIRMED");
    stackLife.driftWithin(45);
  }

  /** The account as it is now; it changes in place as time goes on. */
  get account(): Account {
    return this.#world.account;
  }

  /** Advances to a time in Unix seconds; a time in the past changes nothing. */
  advanceTo(unixSeconds: number): void {
    const end = Math.floor(unixSeconds);
    this.#world.now = Math.max(this.#world.now, end - MAX_CATCH_UP_SECONDS);
    while (this.#world.now < end) {
      this.#world.now++;
      this.#world.agenda.advance();
      for (const part of this.#parts) part.step();
    }
  }
}
