import type { Stack } from "../api/account.ts";
import type { World } from "./world.ts";

const DRIFTS_PER_STACK_AND_SECOND = 1 / 15_000;
const LOCKS_PER_STACK_AND_SECOND = 1 / 80_000;

/** What befalls stacks between runs: they drift and are healed, are locked and unlocked. */
export class StackLife {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    for (const stack of world.account.stacks) {
      if (stack.isDrifted) this.#heal(stack);
    }
  }

  /** One second of a few stacks' lives. */
  step(): void {
    const { account: { stacks }, random } = this.#world;
    for (let n = random.count(stacks.length * DRIFTS_PER_STACK_AND_SECOND); n > 0; n--) {
      const stack = random.pick(stacks);
      if (stack !== undefined) this.#drift(stack);
    }
    for (let n = random.count(stacks.length * LOCKS_PER_STACK_AND_SECOND); n > 0; n--) {
      const stack = random.pick(stacks);
      if (stack !== undefined) this.#lock(stack);
    }
  }

  /** Lets a stack drift within so many seconds, where any can. */
  driftWithin(seconds: number): void {
    const { account: { stacks }, agenda, random } = this.#world;
    agenda.after(random.integer(1, seconds), () => {
      const stack = random.pick(stacks.filter(canDrift));
      if (stack !== undefined) this.#drift(stack);
    });
  }

  #drift(stack: Stack): void {
    if (!canDrift(stack)) return;
    stack.isDrifted = true;
    stack.driftedCount = this.#world.random.integer(1, Math.min(5, stack.entityCount));
    this.#heal(stack);
  }

  #heal(stack: Stack): void {
    const { agenda, random } = this.#world;
    agenda.after(random.integer(600, 4200), () => {
      stack.isDrifted = false;
      stack.driftedCount = 0;
    });
  }

  #lock(stack: Stack): void {
    if (stack.lockedAt !== null) return;
    const { agenda, random, now } = this.#world;
    stack.lockedAt = now;
    agenda.after(random.integer(300, 1800), () => {
      stack.lockedAt = null;
    });
  }
}

function canDrift({ state, isDrifted, entityCount }: Stack): boolean {
  return state === "FINISHED" && !isDrifted && entityCount > 0;
}
