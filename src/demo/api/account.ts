/** A simulated account's whole content as plain data; times are Unix seconds. */
export interface Account {
  /** Null if the installation has none, as with self-hosted ones. */
  publicWorkerPool: PublicWorkerPool | null;
  workerPools: WorkerPool[];
  usage: Usage;
  spaces: Space[];
  stacks: Stack[];
  /** In the order in which they were created. */
  runs: Run[];
  /** Seconds each recent run took; the account's run duration metrics come from these. */
  runDurations: number[];
  /** What is given here replaces the figure derived from the rest; null answers `metrics: null`. */
  metrics: Partial<AccountMetrics> | null;
}

/** The account's share of the public worker pool. */
export interface PublicWorkerPool {
  parallelism: number;
  busyWorkers: number;
  pendingRuns: number;
  /** Null to a client where it is left out. */
  schedulableRunsCount?: number;
}

/** One private worker pool. */
export interface WorkerPool {
  id: string;
  name: string;
  pendingRuns: number;
  busyWorkers: number;
  /** Null to a client where it is left out. */
  schedulableRunsCount?: number;
  workers: Worker[];
}

/** One worker of a private pool. */
export interface Worker {
  id: string;
  busy: boolean;
  drained: boolean;
}

/** What the account used in its billing period. */
export interface Usage {
  billingPeriodStart: number;
  billingPeriodEnd: number;
  usedPrivateMinutes: number;
  usedPublicMinutes: number;
  usedSeats: number;
}

/** One space; the top one has the id `root`. */
export interface Space {
  id: string;
  name: string;
  parentSpace: string | null;
}

/** One stack; `id` is its slug. */
export interface Stack {
  id: string;
  name: string;
  /** Id of its space; a space that the account does not list gives `spaceDetails: null`. */
  space: string;
  labels: string[];
  state: string;
  stateSetAt: number | null;
  lastApplyAt: number | null;
  blocked: boolean;
  isDisabled: boolean;
  lockedAt: number | null;
  needsApproval: boolean;
  isDrifted: boolean;
  entityCount: number;
  /** How many of its entities are drifted. */
  driftedCount: number;
}

/** One run; it is in the state of its last transition. */
export interface Run {
  id: string;
  /** Id of its stack, or of its module; one that the account does not list gives `stack: null`. */
  stackId: string;
  isModule: boolean;
  type: string;
  driftDetection: boolean;
  createdAt: number;
  /** In the order in which they happened. */
  history: Transition[];
}

/** A run entering a state. */
export interface Transition {
  state: string;
  /** Whether the run ends with it. */
  terminal: boolean;
  timestamp: number;
  /** Who caused it, unless it was automatic. */
  username: string | null;
}

/** One figure of the account's metrics. */
export interface DataPoint {
  value: number;
  labels: string[];
}

/** The account's own metrics; run durations are nanoseconds, and an empty list means no data. */
export interface AccountMetrics {
  stacksCountByState: DataPoint[];
  resourcesCountByDrift: DataPoint[];
  avgStackSizeByResourceCount: DataPoint[];
  averageRunDuration: DataPoint[];
  medianRunDuration: DataPoint[];
}

/** An account that holds nothing, to be filled in by `{ ...emptyAccount(), stacks }`. */
export function emptyAccount(): Account {
  return {
    publicWorkerPool: { parallelism: 0, busyWorkers: 0, pendingRuns: 0 },
    workerPools: [],
    usage: {
      billingPeriodStart: 0,
      billingPeriodEnd: 0,
      usedPrivateMinutes: 0,
      usedPublicMinutes: 0,
      usedSeats: 0,
    },
    spaces: [{ id: "root", name: "root", parentSpace: null }],
    stacks: [],
    runs: [],
    runDurations: [],
    metrics: {},
  };
}

/** A settled stack in the root space, to be varied by `{ ...plainStack("a"), state: "FAILED" }`. */
export function plainStack(id: string): Stack {
  return {
    id,
    name: id,
    space: "root",
    labels: [],
    state: "FINISHED",
    stateSetAt: 1_700_000_000,
    lastApplyAt: 1_700_000_000,
    blocked: false,
    isDisabled: false,
    lockedAt: null,
    needsApproval: false,
    isDrifted: false,
    entityCount: 0,
    driftedCount: 0,
  };
}

/** The states in which a run has ended. */
export const TERMINAL_STATES: ReadonlySet<string> = new Set([
  "CANCELED",
  "DISCARDED",
  "FAILED",
  "FINISHED",
  "SKIPPED",
  "STOPPED",
]);

/** A tracked run of a stack that entered each state ten seconds after the previous one. */
export function plainRun(id: string, stackId: string, states: readonly string[]): Run {
  const createdAt = 1_700_000_000;
  return {
    id,
    stackId,
    isModule: false,
    type: "TRACKED",
    driftDetection: false,
    createdAt,
    history: states.map((state, index) => ({
      state,
      terminal: TERMINAL_STATES.has(state),
      timestamp: createdAt + 10 * index,
      username: null,
    })),
  };
}
