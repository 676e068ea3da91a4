import type { Run, Stack } from "../api/account.ts";
import { hasEnded, RunLog } from "./run_log.ts";
import type { WorkerFleet } from "./worker_fleet.ts";
import type { World } from "./world.ts";

const RUNS_PER_STACK_AND_SECOND = 1 / 900;
const MEAN_RUN_SECONDS = 90;
const TARGET_UTILIZATION = 0.6;
const RUNS_PER_PUSH = 10;
const PUSHES_PER_SECOND = 1 / 120;
const REMEMBERED_DURATIONS = 500;
const HOUR = 3600;

/** Kinds of runs, with how many of a hundred are of that kind. */
const KINDS = [
  { type: "PROPOSED", driftDetection: false, share: 18 },
  { type: "PROPOSED", driftDetection: true, share: 6 },
  { type: "TASK", driftDetection: false, share: 4 },
  { type: "TRACKED", driftDetection: false, share: 72 },
] as const;

/** A state that a run passes through, and the bounds of its length in seconds. */
interface Phase {
  readonly state: string;
  readonly least: number;
  readonly most: number;
}

const PREPARE: readonly Phase[] = [
  { state: "PREPARING", least: 2, most: 6 },
  { state: "INITIALIZING", least: 3, most: 12 },
];
const PLAN: readonly Phase[] = [...PREPARE, { state: "PLANNING", least: 10, most: 60 }];
const TASK: readonly Phase[] = [...PREPARE, { state: "PERFORMING", least: 5, most: 90 }];
const APPLY: readonly Phase[] = [
  { state: "PREPARING_APPLY", least: 2, most: 6 },
  { state: "APPLYING", least: 10, most: 120 },
];

const PEOPLE = ["alex", "kim", "robin", "sasha"] as const;

/** A run under way. */
interface Trip {
  readonly run: Run;
  readonly stack: Stack;
  /** Seconds that workers have spent on it. */
  worked: number;
}

/** Runs: they start, wait for a worker, plan, wait for a person, apply, and finish or fail. */
export class RunLife {
  readonly #world: World;
  readonly #fleet: WorkerFleet;
  readonly #log: RunLog;
  readonly #runsPerSecond: number;
  /** Stacks with a tracked run under way: a stack has one at a time. */
  readonly #busy = new Set<Stack>();

  constructor(world: World, fleet: WorkerFleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#log = new RunLog(world);
    this.#runsPerSecond = Math.min(
      world.account.stacks.length * RUNS_PER_STACK_AND_SECOND,
      fleet.size * TARGET_UTILIZATION / MEAN_RUN_SECONDS,
    );
    for (const stack of world.account.stacks) {
      if (stack.state === "UNCONFIRMED") this.#recall(stack);
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

  /** The run for which a stack was waiting when the account was generated. */
  #recall(stack: Stack): void {
    const since = stack.stateSetAt ?? this.#world.now;
    const newRun = { stackId: stack.id, type: "TRACKED", driftDetection: false };
    const run = this.#log.create(newRun, since - 60);
    this.#log.enter(run, "PLANNING", { timestamp: since - 45 });
    this.#log.enter(run, "UNCONFIRMED", { timestamp: since });
    this.#busy.add(stack);
    this.#awaitDecision({ run, stack, worked: 0 });
  }

  #start(stack: Stack): void {
    const { type, driftDetection } = this.#pickKind();
    const isTracked = type === "TRACKED";
    if (stack.isDisabled || stack.lockedAt !== null) return;
    if (isTracked && this.#busy.has(stack)) return;
    const queue = this.#fleet.findQueue();
    if (queue === undefined) return;
    const run = this.#log.create({ stackId: stack.id, type, driftDetection });
    const trip = { run, stack, worked: 0 };
    if (isTracked) this.#busy.add(stack);
    this.#mayBeCanceled(trip);
    const phases = type === "TASK" ? TASK : PLAN;
    queue((release) => this.#work(trip, phases, { release, then: () => this.#planned(trip) }));
  }

  #pickKind(): typeof KINDS[number] {
    let ticket = this.#world.random.integer(0, 99);
    for (const kind of KINDS) {
      if (ticket < kind.share) return kind;
      ticket -= kind.share;
    }
    return KINDS[0];
  }

  #mayBeCanceled(trip: Trip): void {
    const { agenda, random } = this.#world;
    if (!random.chance(0.03)) return;
    agenda.after(random.integer(20, 120), () => {
      if (trip.run.history.at(-1)?.state === "QUEUED") this.#end(trip, "CANCELED", this.#person());
    });
  }

  #planned(trip: Trip): void {
    const { random, outcomes } = this.#world;
    const outcome = trip.run.type === "TRACKED" ? outcomes.shift() : undefined;
    if (outcome === "FAILED") this.#end(trip, "FAILED");
    else if (outcome === "UNCONFIRMED") this.#hold(trip, "UNCONFIRMED");
    else if (random.chance(0.05)) this.#end(trip, "FAILED");
    else if (random.chance(0.01)) this.#end(trip, "STOPPED", this.#person());
    else if (trip.run.type !== "TRACKED" || random.chance(0.45)) this.#end(trip, "FINISHED");
    else if (random.chance(0.1)) this.#hold(trip);
    else this.#confirm(trip, null);
  }

  #hold(trip: Trip, state?: string): void {
    const { random } = this.#world;
    this.#enter(trip, state ?? (random.chance(0.2) ? "PENDING_REVIEW" : "UNCONFIRMED"));
    trip.stack.needsApproval = random.chance(0.3);
    this.#awaitDecision(trip);
  }

  /** Most people decide within half an hour; some let a run wait until the next day. */
  #awaitDecision(trip: Trip): void {
    const { agenda, random } = this.#world;
    const wait = random.chance(0.05)
      ? random.integer(2 * HOUR, 30 * HOUR)
      : random.integer(60, HOUR / 2);
    agenda.after(wait, () => {
      if (random.chance(0.15)) this.#end(trip, "DISCARDED", this.#person());
      else this.#confirm(trip, this.#person());
    });
  }

  #confirm(trip: Trip, username: string | null): void {
    this.#enter(trip, "CONFIRMED", username);
    this.#apply(trip);
  }

  #apply(trip: Trip): void {
    const queue = this.#fleet.findQueue();
    if (queue === undefined) return this.#world.agenda.after(30, () => this.#apply(trip));
    queue((release) => this.#work(trip, APPLY, { release, then: () => this.#applied(trip) }));
  }

  #applied(trip: Trip): void {
    const { random, now } = this.#world;
    if (random.chance(0.06)) return this.#end(trip, "FAILED");
    const { stack } = trip;
    stack.lastApplyAt = now;
    stack.entityCount = Math.max(1, stack.entityCount + random.integer(-2, 2));
    stack.isDrifted = false;
    stack.driftedCount = 0;
    this.#end(trip, "FINISHED");
  }

  /** Leads a run through phases, releases its worker and goes on. */
  #work(
    trip: Trip,
    phases: readonly Phase[],
    end: { release: () => void; then: () => void },
  ): void {
    const { agenda, random } = this.#world;
    if (hasEnded(trip.run)) return end.release();
    let total = 0;
    for (const { state, least, most } of phases) {
      if (total === 0) this.#enter(trip, state);
      else agenda.after(total, () => this.#enter(trip, state));
      total += random.integer(least, most);
    }
    agenda.after(total, () => {
      trip.worked += total;
      end.release();
      end.then();
    });
  }

  /** The stack is in the state of its tracked run, once that has left the queue. */
  #enter({ run, stack }: Trip, state: string, username: string | null = null): void {
    this.#log.enter(run, state, { username });
    if (run.type !== "TRACKED" || state === "CANCELED") return;
    stack.state = state === "PENDING_REVIEW" ? "UNCONFIRMED" : state;
    stack.stateSetAt = this.#world.now;
    stack.blocked = stack.state === "UNCONFIRMED";
    stack.needsApproval = false;
  }

  #end(trip: Trip, state: string, username: string | null = null): void {
    this.#enter(trip, state, username);
    if (trip.run.type === "TRACKED") this.#busy.delete(trip.stack);
    const { runDurations } = this.#world.account;
    if (trip.worked > 0) runDurations.push(trip.worked);
    if (runDurations.length > REMEMBERED_DURATIONS) runDurations.shift();
  }

  #person(): string {
    return this.#world.random.pick(PEOPLE) ?? PEOPLE[0];
  }
}
