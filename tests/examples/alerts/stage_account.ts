import {
  type Account,
  emptyAccount,
  plainRun,
  plainStack,
  type Run,
  TERMINAL_STATES,
  type Worker,
} from "../../../src/demo/api/account.ts";

const DAY = 86_400;

/** An account in which all is well, on the first day of its billing period. */
export function wellAccount(): Account {
  return {
    ...emptyAccount(),
    publicWorkerPool: { parallelism: 3, busyWorkers: 1, pendingRuns: 0 },
    workerPools: [
      { id: "01PROD", name: "production", pendingRuns: 0, busyWorkers: 1, workers: workers(4, 1) },
      { id: "01GPU", name: "gpu", pendingRuns: 0, busyWorkers: 0, workers: workers(2) },
    ],
    usage: {
      billingPeriodStart: 0,
      billingPeriodEnd: 30 * DAY,
      usedPrivateMinutes: 500,
      usedPublicMinutes: 60,
      usedSeats: 7,
    },
    spaces: [
      { id: "root", name: "root", parentSpace: null },
      { id: "platform", name: "Platform", parentSpace: "root" },
    ],
    stacks: [
      { ...plainStack("network-prod"), space: "platform", stateSetAt: 0, entityCount: 40 },
      { ...plainStack("database-prod"), space: "platform", stateSetAt: 0, entityCount: 12 },
      { ...plainStack("website"), stateSetAt: 0, entityCount: 5 },
    ],
    runDurations: [60, 90],
  };
}

/** Workers of which the first are busy and none is drained. */
export function workers(count: number, busy = 0): Worker[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `worker-${index}`,
    busy: index < busy,
    drained: false,
  }));
}

/** Changes a worker pool of the account; as many workers are busy as it counts. */
export function changePool(
  account: Account,
  name: string,
  change: Partial<Account["workerPools"][number]>,
): void {
  const pool = found(account.workerPools.find((pool) => pool.name === name), name);
  Object.assign(pool, change);
  pool.workers = pool.workers.map((worker, index) => ({
    ...worker,
    busy: index < pool.busyWorkers,
  }));
}

/** Changes a stack of the account. */
export function changeStack(
  account: Account,
  id: string,
  change: Partial<Account["stacks"][number]>,
): void {
  Object.assign(found(account.stacks.find((stack) => stack.id === id), id), change);
}

/** Brings a run of a stack into a state at a time in Unix seconds; a new one begins. */
export function enterRun(
  account: Account,
  state: string,
  { id, stack, at, ...kind }:
    & { id: string; stack: string; at: number }
    & Partial<Pick<Run, "type" | "driftDetection">>,
): Run {
  let run = account.runs.find((run) => run.id === id);
  if (run === undefined) {
    run = { ...plainRun(id, stack, []), ...kind, createdAt: at };
    account.runs.push(run);
  }
  const terminal = TERMINAL_STATES.has(state);
  run.history.push({ state, terminal, timestamp: at, username: null });
  return run;
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new RangeError(`The account has no ${name}`);
  return thing;
}
