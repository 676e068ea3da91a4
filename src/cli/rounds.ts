import { formatDuration } from "../duration.ts";
import type { ValuesOf } from "./flag.ts";
import { RUNS, STACKS } from "./flags.ts";
import { type Input, readGroup } from "./read.ts";
import { UsageError } from "./usage_error.ts";

/** What is asked of the stacks; throws `UsageError` where walks would leave gaps. */
export function readStacks(input: Input): ValuesOf<typeof STACKS> {
  const stacks = readGroup(STACKS, input);
  const { maxStaleness, refreshInterval } = stacks;
  // Else the data would expire before the next walk.
  if (maxStaleness === undefined || maxStaleness > refreshInterval) return stacks;
  throw new UsageError(
    `Cannot use --${STACKS.nameOf("maxStaleness")} ${formatDuration(maxStaleness)}: it must be ` +
      `longer than --${STACKS.nameOf("refreshInterval")} ${formatDuration(refreshInterval)}`,
  );
}

/** What is asked of the runs; throws `UsageError` where runs could be missed. */
export function readRuns(input: Input): ValuesOf<typeof RUNS> {
  const runs = readGroup(RUNS, input);
  const { lookback, refreshInterval } = runs;
  // Else runs of the time between two looks would be too old to be looked for.
  if (lookback >= refreshInterval) return runs;
  throw new UsageError(
    `Cannot use --${RUNS.nameOf("lookback")} ${formatDuration(lookback)}: it must not be ` +
      `shorter than --${RUNS.nameOf("refreshInterval")} ${formatDuration(refreshInterval)}`,
  );
}
