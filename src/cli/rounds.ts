import { formatDuration } from "../duration.ts";
import type { ValuesOf } from "./flag.ts";
import { RUNS, STACKS } from "./flags.ts";
import { type Input, readGroup } from "./read.ts";
import { UsageError } from "./usage_error.ts";

/** The settings of stacks; throws `UsageError` when walks would leave gaps. */
export function readStacks(input: Input): ValuesOf<typeof STACKS> {
  const stacks = readGroup(STACKS, input);
  const { maxStaleness, refreshInterval } = stacks;
  // Otherwise data would expire before the next walk.
  if (maxStaleness === undefined || maxStaleness > refreshInterval) return stacks;
  throw new UsageError(
    `Cannot use --${STACKS.nameOf("maxStaleness")} ${formatDuration(maxStaleness)}: it must be ` +
      `longer than --${STACKS.nameOf("refreshInterval")} ${formatDuration(refreshInterval)}`,
  );
}

/** The settings of runs; throws `UsageError` when runs could be missed. */
export function readRuns(input: Input): ValuesOf<typeof RUNS> {
  const runs = readGroup(RUNS, input);
  const { lookback, refreshInterval } = runs;
  // A shorter lookback would hide runs that began after the previous exporter's last poll.
  if (lookback >= refreshInterval) return runs;
  throw new UsageError(
    `Cannot use --${RUNS.nameOf("lookback")} ${formatDuration(lookback)}: it must not be ` +
      `shorter than --${RUNS.nameOf("refreshInterval")} ${formatDuration(refreshInterval)}`,
  );
}
