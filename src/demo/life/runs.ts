import type { Stack } from "../api/account.ts";
import type { WorkerFleet } from "./worker_fleet.ts";
import type { World } from "./world.ts";

const RUNS_PER_STACK_AND_SECOND = 1 / 900;
const MEAN_RUN_SECONDS = 90;
const TARGET_UTILIZATION = 0.6;
const RUNS_PER_PUSH = 10;
const PUSHES_PER_SECOND = 1 / 120;
const REMEMBERED_DURATIONS = 500;

/** A state that a run passes through, and the bounds of its length in seconds. */
interface Phase {
  state: string;
  least: number;
  most: number;
}

const PLAN: readonly Phase[] = [
  { state: "PREPARING", least: 2, most: 6 },
  { state: "INITIALIZING", least: 3, most: 12 },
  { state: "PLANNING", least: 10, most: 60 },
];
const APPLY: readonly Phase[] = [
  { state: "PREPARING_APPLY", least: 2, most: 6 },
  { state: "APPLYING", least: 10, most: 120 },
];

/** Runs: they start, wait for a worker, plan, wait for a person, apply, and finish or fail. */
export class RunLife {
  readonly #world: World;
  readonly #fleet: WorkerFleet;
  readonly #runsPerSecond: number;
  readonly #running = new Set<Stack>();

  constructor(world: World, fleet: WorkerFleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#runsPerSecond = Math.min(
      world.account.stacks.length * RUNS_PER_STACK_AND_SECOND,
      fleet.size * TARGET_UTILIZATION / MEAN_RUN_SECONDS,
    );
    for (const stack of world.account.stacks) {
      if (stack.state === "UNCONFIRMED") this.#awaitDecision(stack, 0);
    }
  }

  /** One second: new runs start, now and then many at once. */
  step(): void {
    const { account, random } = this.#world;
    let starting = random.count(this.#runsPerSecond);
    if (this.#runsPerSecond > 0 && random.chance(PUSHES_PER_SECOND)) starting += RUNS_PER_PUSH;
    for (; starting > 0; starting--) {
      const stack = random.pick(account.stacks);
      if (stack !== undefined) this.#start(stack);
    }
  }

  #start(stack: Stack): void {
    if (stack.isDisabled || stack.lockedAt !== null || this.#running.has(stack)) return;
    const queued = this.#fleet.queue((release) => {
      this.#pass(PLAN, stack, (seconds) => {
        release();
        this.#planned(stack, seconds);
      });
    });
    if (queued) this.#running.add(stack);
  }

  #planned(stack: Stack, worked: number): void {
    const { random, outcomes } = this.#world;
    const outcome = outcomes.shift();
    if (outcome === "FAILED") this.#end(stack, "FAILED", worked);
    else if (outcome === "UNCONFIRMED") this.#hold(stack, worked);
    else if (random.chance(0.05)) this.#end(stack, "FAILED", worked);
    else if (random.chance(0.01)) this.#end(stack, "STOPPED", worked);
    else if (random.chance(0.45)) this.#end(stack, "FINISHED", worked);
    else if (random.chance(0.1)) this.#hold(stack, worked);
    else this.#confirm(stack, worked);
  }

  #hold(stack: Stack, worked: number): void {
    this.#enter(stack, "UNCONFIRMED");
    stack.needsApproval = this.#world.random.chance(0.3);
    this.#awaitDecision(stack, worked);
  }

  #awaitDecision(stack: Stack, worked: number): void {
    const { agenda, random } = this.#world;
    this.#running.add(stack);
    agenda.after(random.integer(60, 1800), () => {
      if (random.chance(0.15)) this.#end(stack, "DISCARDED", worked);
      else this.#confirm(stack, worked);
    });
  }

  #confirm(stack: Stack, worked: number): void {
    this.#enter(stack, "CONFIRMED");
    const queued = this.#fleet.queue((release) => {
      this.#pass(APPLY, stack, (seconds) => {
        release();
        this.#applied(stack, worked + seconds);
      });
    });
    if (!queued) this.#hold(stack, worked);
  }

  #applied(stack: Stack, worked: number): void {
    const { random, now } = this.#world;
    if (random.chance(0.06)) return this.#end(stack, "FAILED", worked);
    stack.lastApplyAt = now;
    stack.entityCount = Math.max(1, stack.entityCount + random.integer(-2, 2));
    stack.isDrifted = false;
    stack.driftedCount = 0;
    this.#end(stack, "FINISHED", worked);
  }

  /** Leads a stack through phases, then tells how many seconds they took together. */
  #pass(phases: readonly Phase[], stack: Stack, then: (seconds: number) => void): void {
    const { agenda, random } = this.#world;
    let total = 0;
    for (const { state, least, most } of phases) {
      if (total === 0) this.#enter(stack, state);
      else agenda.after(total, () => this.#enter(stack, state));
      total += random.integer(least, most);
    }
    agenda.after(total, () => then(total));
  }

  #enter(stack: Stack, state: string): void {
    stack.state = state;
    stack.stateSetAt = this.#world.now;
    stack.blocked = state === "UNCONFIRMED";
    stack.needsApproval = false;
  }

  #end(stack: Stack, state: string, worked: number): void {
    this.#enter(stack, state);
    this.#running.delete(stack);
    const { runDurations } = this.#world.account;
    if (worked > 0) runDurations.push(worked);
    if (runDurations.length > REMEMBERED_DURATIONS) runDurations.shift();
  }
}
