import {
  type Account,
  emptyAccount,
  type PublicWorkerPool,
  type Stack,
  type WorkerPool,
} from "../api/account.ts";
import { monthAround } from "./billing_month.ts";
import type { Random } from "./random.ts";
import { nameStack, SPACES } from "./names.ts";

/** How large a generated account is. */
export interface AccountSize {
  stacks: number;
  workerPools: number;
  workersPerPool: number;
}

/** An account that always has a public worker pool. */
export interface GeneratedAccount extends Account {
  publicWorkerPool: PublicWorkerPool;
}

const DAY = 86_400;

/** States that a stack rests in, with how many stacks of a hundred do. */
const SETTLED_STATES = [
  ["FAILED", 5],
  ["UNCONFIRMED", 4],
  ["NONE", 3],
  ["DISCARDED", 3],
  ["STOPPED", 2],
] as const;
const STACKS_PER_PUBLIC_WORKER = 100;

/** An account of this size without runs in progress; `now` is Unix seconds. */
export function generateAccount(size: AccountSize, random: Random, now: number): GeneratedAccount {
  return {
    ...emptyAccount(),
    publicWorkerPool: {
      parallelism: 5 + Math.floor(size.stacks / STACKS_PER_PUBLIC_WORKER),
      busyWorkers: 0,
      pendingRuns: 0,
      schedulableRunsCount: 0,
    },
    workerPools: list(size.workerPools, (index) => generatePool(index, size, random)),
    usage: {
      ...monthAround(now),
      usedPrivateMinutes: random.integer(1000, 100_000),
      usedPublicMinutes: random.integer(100, 10_000),
      usedSeats: random.integer(5, 60),
    },
    spaces: SPACES.map((space) => ({ ...space })),
    stacks: list(size.stacks, (index) => generateStack(index, random, now)),
  };
}

function generatePool(index: number, size: AccountSize, random: Random): WorkerPool {
  const purpose = ["default", "gpu", "production", "arm64", "isolated"][index] ?? `team-${index}`;
  return {
    id: random.identifier(26),
    name: `${purpose}-workers`,
    pendingRuns: 0,
    busyWorkers: 0,
    schedulableRunsCount: 0,
    workers: list(size.workersPerPool, () => ({
      id: random.identifier(26),
      busy: false,
      drained: false,
    })),
  };
}

function generateStack(index: number, random: Random, now: number): Stack {
  const state = settledState(random);
  const stateSetAt = state === "NONE" ? null : now - random.integer(60, 7 * DAY);
  const entityCount = state === "NONE" ? 0 : random.integer(1, 120);
  const drifts = state === "FINISHED" && random.chance(0.06);
  const driftedCount = drifts ? random.integer(1, Math.min(5, entityCount)) : 0;
  return {
    ...nameStack(index),
    state,
    stateSetAt,
    lastApplyAt: stateSetAt === null ? null : stateSetAt - random.integer(0, 7 * DAY),
    blocked: state === "UNCONFIRMED",
    isDisabled: random.chance(0.01),
    lockedAt: null,
    needsApproval: state === "UNCONFIRMED" && random.chance(0.3),
    isDrifted: driftedCount > 0,
    entityCount,
    driftedCount,
  };
}

function settledState(random: Random): string {
  let ticket = random.integer(0, 99);
  for (const [state, share] of SETTLED_STATES) {
    if (ticket < share) return state;
    ticket -= share;
  }
  return "FINISHED";
}

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
