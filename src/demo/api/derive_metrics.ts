import type { Account, AccountMetrics, DataPoint, Stack } from "./account.ts";

const NANOSECONDS = 1e9;

/** The account's metrics as its stacks and runs imply them, with the account's own replacements. */
export function deriveMetrics(account: Account): AccountMetrics | null {
  if (account.metrics === null) return null;
  const { stacks, runDurations } = account;
  return {
    stacksCountByState: countByState(stacks),
    resourcesCountByDrift: countByDrift(stacks),
    avgStackSizeByResourceCount: point(mean(stacks.map((stack) => stack.entityCount))),
    averageRunDuration: point(nanoseconds(mean(runDurations))),
    medianRunDuration: point(nanoseconds(median(runDurations))),
    ...account.metrics,
  };
}

function countByState(stacks: Stack[]): DataPoint[] {
  const counts = new Map<string, number>();
  for (const { state } of stacks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([state, value]) => ({ value, labels: [state] }));
}

function countByDrift(stacks: Stack[]): DataPoint[] {
  if (stacks.length === 0) return [];
  let drifted = 0;
  let entities = 0;
  for (const stack of stacks) {
    drifted += stack.driftedCount;
    entities += stack.entityCount;
  }
  return [
    { value: drifted, labels: ["DRIFTED"] },
    { value: entities - drifted, labels: ["OK"] },
  ];
}

function mean(values: number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return mean(sorted.slice(Math.floor(middle), Math.ceil(middle) + 1));
}

function nanoseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * NANOSECONDS);
}

function point(value: number | undefined): DataPoint[] {
  return value === undefined ? [] : [{ value, labels: [] }];
}
