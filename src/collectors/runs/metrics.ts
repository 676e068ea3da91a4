import { type Family, family, type Sample, sample } from "../../metrics/family.ts";
import { gauge, type Metric } from "../../metrics/metric.ts";
import type { Durations } from "./durations.ts";
import { labelKey, sortedByLabels } from "./label_key.ts";
import type { Run } from "./run.ts";
import type { Tally } from "./tally.ts";

/** What is known of runs at the end of a round. */
export interface RunsFound {
  readonly tally: Tally;
  readonly unfinished: readonly Run[];
  /** The minimum number of runs that a limit leaves out. */
  readonly omitted: number;
  readonly details: boolean;
  /** Monotonic milliseconds. */
  readonly now: number;
}

const RUNS = family({
  name: "spacelift_runs_total",
  help:
    "The number of runs that ended since the exporter started, by the state in which they ended",
  type: "counter",
  labels: ["drift_detection", "space", "stack", "state", "type"],
});

const UNFINISHED = family({
  name: "spacelift_runs_unfinished",
  help: "The number of runs under way, by their current state",
  type: "gauge",
  labels: ["space", "state", "type"],
});

const OLDEST = family({
  name: "spacelift_runs_oldest_state_timestamp_seconds",
  help: "The time at which the run that has been in a state for the longest time entered it",
  type: "gauge",
  labels: ["space", "state"],
});

const LAST_ENDED = family({
  name: "spacelift_runs_last_ended_timestamp_seconds",
  help: "The time at which a run of a stack last ended in a state",
  type: "gauge",
  labels: ["space", "stack", "state", "type"],
});

/** The metrics of runs; counters and histograms last as long as the process. */
export const RUN_METRICS: readonly Metric<RunsFound>[] = [
  { family: RUNS, read: ({ tally, now }) => tally.counts.samples(now) },
  histogram(
    "spacelift_run_active_seconds",
    "The seconds that Spacelift worked on a run that ended",
    ({ active }) => active,
  ),
  histogram(
    "spacelift_run_queue_seconds",
    "The seconds that a run that ended waited for a worker",
    ({ queue }) => queue,
  ),
  histogram(
    "spacelift_run_wait_seconds",
    "The seconds that a run that ended waited for a person, if it ever did",
    ({ wait }) => wait,
  ),
  { family: UNFINISHED, read: ({ unfinished }) => unfinishedSamples(unfinished) },
  { family: OLDEST, read: ({ unfinished }) => oldestSamples(unfinished) },
  gauge(
    "spacelift_runs_omitted",
    "The minimum number of runs that a limit leaves out",
    ({ omitted }) => omitted,
  ),
  { family: LAST_ENDED, read: lastEndedSamples },
];

function histogram(
  name: string,
  help: string,
  durations: (tally: Tally) => Durations,
): Metric<RunsFound> {
  const declared: Family = family({ name, help, type: "histogram", labels: ["space", "type"] });
  return { family: declared, read: ({ tally }) => durations(tally).samples() };
}

function unfinishedSamples(runs: readonly Run[]): Sample[] {
  return gathered(runs, ({ space, course: { state }, type }) => [space, state, type])
    .map(([labels, { length }]) => sample(UNFINISHED, length, ...labels));
}

function oldestSamples(runs: readonly Run[]): Sample[] {
  const dated = runs.filter(({ course: { since } }) => since !== undefined);
  return gathered(dated, ({ space, course: { state } }) => [space, state] as const)
    .map(([labels, inState]) => {
      const oldest = inState.reduce(
        (least, { course }) => Math.min(least, course.since ?? least),
        Infinity,
      );
      return sample(OLDEST, oldest, ...labels);
    });
}

function lastEndedSamples({ tally, details }: RunsFound): Sample[] {
  if (!details) return [];
  return sortedByLabels(tally.lastEnded)
    .map(({ run: { space, stack, type, course: { state } }, at }) =>
      sample(LAST_ENDED, at, space, stack, state, type)
    );
}

/** Runs grouped by their labels, sorted by label. */
function gathered<const L extends readonly string[]>(
  runs: readonly Run[],
  labelsOf: (run: Run) => L,
): (readonly [L, readonly Run[]])[] {
  const groups = new Map<string, { labels: L; runs: Run[] }>();
  for (const run of runs) {
    const labels = labelsOf(run);
    const key = labelKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, runs: [run] });
    else group.runs.push(run);
  }
  return sortedByLabels(groups).map(({ labels, runs }) => [labels, runs]);
}
