import { aggregates } from "../collectors/aggregates.ts";
import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import type { RunLine } from "../collectors/runs/overview.ts";
import { stacks as stacksCollector } from "../collectors/stacks/collector.ts";
import type { StackLine } from "../collectors/stacks/overview.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findRunsOverview, findSamples, findStacksOverview } from "./figures.ts";
import { counted, formatCount, formatSpan, inARow, type Tone } from "./parts.ts";
import { type Pool, readPools } from "./pools.ts";
import { readStates } from "./stacks.ts";

/** Something that needs attention. */
export interface Need {
  readonly name: "waiting" | "to review" | "failed" | "unconfirmed" | "drifted";
  readonly amount: number;
  readonly thing: "run" | "stack" | "resource";
  /** What the things are in, for one and for many. */
  readonly state: readonly [string, string];
  readonly tone: Tone;
  /** What else matters, as sentences; may be empty. */
  readonly remark: string;
  /** Those concerned, as far as they are known; the ones to look at first come first. */
  readonly pools?: readonly Pool[];
  readonly stacks?: readonly StackLine[];
  readonly runs?: readonly RunLine[];
}

/** What the exporter knows of an account at one moment. */
export interface Known {
  readonly reports: readonly Report[];
  /** Unix seconds. */
  readonly now: number;
}

/** Everything that needs attention, the most urgent first. */
export function findNeeds(known: Known): Need[] {
  return [waiting(known), toReview(known), failed(known), unconfirmed(known), drifted(known)]
    .flatMap((need) => need === undefined || need.amount === 0 ? [] : [need]);
}

/** What could hide a need because nobody knows it. */
export function findUnknown({ reports }: Known): string[] {
  const overview = findStacksOverview(reports);
  const lacks = (name: string) =>
    reports.some(({ collector, data }) => collector === name && data === undefined);
  const states = readStates(reports);
  const stacksOn = reports.some(({ collector }) =>
    collector === stacksCollector.name || collector === aggregates.name
  );
  const noDrift = overview === undefined
    ? states !== undefined && findDriftedResources(reports) === undefined
    : overview.drifted === undefined;
  return [
    ...(lacks(publicWorkerPool.name) ? ["runs waiting for public workers"] : []),
    ...(lacks(workerPools.name) ? ["runs waiting for private workers"] : []),
    ...(stacksOn && states === undefined ? ["failed, unconfirmed and drifted stacks"] : []),
    ...(noDrift ? ["drifted stacks"] : []),
    ...(overview !== undefined && overview.omitted > 0
      ? [`at least ${counted(overview.omitted, "stack")} beyond the limit`]
      : []),
  ];
}

/** The needs in one sentence. */
export function sayNeeds(needs: readonly Need[]): string {
  const clauses = needs.map(({ amount, thing, state: [one, many] }, index) => {
    const things = needs[index - 1]?.thing === thing ? formatCount(amount) : counted(amount, thing);
    return `${things} ${amount === 1 ? one : many}`;
  });
  return `${inARow(clauses)}.`;
}

/** Runs in pools without a free worker; where workers are free, runs start or wait for other things. */
function waiting({ reports }: Known): Need | undefined {
  const pools = readPools(reports).filter(({ pending, free }) =>
    (pending ?? 0) > 0 && (free === undefined || free === 0)
  );
  const unserved = pools.filter(({ workers, drained }) =>
    workers !== undefined && workers === drained || workers === 0
  );
  return {
    name: "waiting",
    amount: pools.reduce((sum, { pending }) => sum + (pending ?? 0), 0),
    thing: "run",
    state: ["is waiting for a worker", "are waiting for a worker"],
    tone: unserved.length > 0 ? "bad" : "warn",
    remark: `${counted(pools.length, "pool")} without a free worker.`,
    pools,
  };
}

/** Runs that wait for a person though no unconfirmed stack shows it: proposed ones, and modules'. */
function toReview({ reports }: Known): Need | undefined {
  const overview = findStacksOverview(reports);
  const unconfirmed = new Set(overview?.unconfirmed.map(({ id }) => id));
  const isCounted = overview === undefined && readStates(reports) !== undefined;
  const runs = findRunsOverview(reports)?.waiting.first.filter(({ stack, state }) =>
    !unconfirmed.has(stack) && !(isCounted && state === "UNCONFIRMED")
  );
  return runs && {
    name: "to review",
    amount: runs.length,
    thing: "run",
    state: ["is waiting for a person", "are waiting for a person"],
    tone: "warn",
    remark: "Not counting runs of unconfirmed stacks; longest first.",
    runs,
  };
}

function failed(known: Known): Need | undefined {
  return stacksNeed(known, "FAILED", findStacksOverview(known.reports)?.failed, {
    name: "failed",
    state: ["has failed", "have failed"],
    tone: "bad",
  });
}

function unconfirmed(known: Known): Need | undefined {
  return stacksNeed(known, "UNCONFIRMED", findStacksOverview(known.reports)?.unconfirmed, {
    name: "unconfirmed",
    state: ["is unconfirmed", "are unconfirmed"],
    tone: "warn",
  });
}

function stacksNeed(
  { reports, now }: Known,
  state: string,
  stacks: readonly StackLine[] | undefined,
  rest: Pick<Need, "name" | "state" | "tone">,
): Need | undefined {
  if (stacks !== undefined) {
    return { ...rest, amount: stacks.length, thing: "stack", remark: sayWhen(stacks, now), stacks };
  }
  const amount = readStates(reports)?.get(state);
  return amount === undefined ? undefined : { ...rest, amount, thing: "stack", remark: NO_NAMES };
}

const NO_NAMES = "Only the collector of stacks knows which ones.";

/** How new the trouble is, of stacks of which the newest come first. */
function sayWhen(stacks: readonly StackLine[], now: number): string {
  const times = stacks.flatMap(({ since }) => since ?? []);
  const [newest] = times;
  // Older servers do not report it.
  if (newest === undefined) return "";
  const recent = times.filter((since) => since > now - 3600).length;
  const oldest = times.at(-1) ?? newest;
  return `${recent === 0 ? "None" : formatCount(recent)} in the last hour${
    times.length > 1 ? `, the oldest ${formatSpan(now - oldest)} ago` : ""
  }.`;
}

function drifted({ reports }: Known): Need | undefined {
  const overview = findStacksOverview(reports);
  const rest = { name: "drifted", state: ["has drifted", "have drifted"], tone: "warn" } as const;
  if (overview?.drifted !== undefined) {
    const stacks = overview.drifted;
    return { ...rest, amount: stacks.length, thing: "stack", remark: sayDrift(stacks), stacks };
  }
  if (overview !== undefined) return undefined;
  const amount = findDriftedResources(reports);
  return amount === undefined
    ? undefined
    : { ...rest, amount, thing: "resource", remark: NO_NAMES };
}

function sayDrift(stacks: readonly StackLine[]): string {
  const counts = stacks.flatMap(({ driftedResources }) => driftedResources ?? []);
  if (counts.length === 0) return "Resources not counted.";
  const resources = counted(counts.reduce((sum, count) => sum + count, 0), "resource");
  return counts.length === stacks.length ? `${resources}.` : `At least ${resources}.`;
}

/** By the account's own totals; undefined when those have no figure. */
function findDriftedResources(reports: readonly Report[]): number | undefined {
  const samples = findSamples(reports, aggregates.metrics.resourcesByDrift) ?? [];
  if (samples.length === 0) return undefined;
  return samples.find(({ labelValues: [, , state] }) => state === "DRIFTED")?.value ?? 0;
}
