import { type Account, emptyAccount, plainStack } from "../../src/demo/api/account.ts";
import type { ParsedFamily, ParsedSample } from "../support/parse_exposition.ts";

/** How long one version of the account lasts, in milliseconds. */
const LIFE = 100;

type Version = (sample: ParsedSample) => number;

const itself: Version = ({ value }) => value;
const seconds: Version = ({ value }) => value / 60;
const nanoseconds: Version = ({ value }) => Math.round(value * 1e9);
const inState: Version = ({ labels }) => Number(labels["state"]?.slice("STATE_".length));

/** Which version of the account a sample shows, by family and the collector that delivers it. */
const VERSIONS: Readonly<Record<string, readonly [string, Version]>> = {
  spacelift_public_worker_pool_parallelism: ["publicworkerpool", itself],
  spacelift_public_worker_pool_runs_pending: ["publicworkerpool", itself],
  spacelift_public_worker_pool_workers_busy: ["publicworkerpool", itself],
  spacelift_worker_pool_runs_pending: ["workerpools", itself],
  spacelift_worker_pool_workers_busy: ["workerpools", itself],
  spacelift_current_billing_period_start_timestamp_seconds: ["usage", itself],
  spacelift_current_billing_period_end_timestamp_seconds: ["usage", itself],
  spacelift_current_billing_period_used_private_seconds: ["usage", seconds],
  spacelift_current_billing_period_used_public_seconds: ["usage", seconds],
  spacelift_current_billing_period_used_seats: ["usage", itself],
  spacelift_current_avg_stack_size_by_resource_count: ["aggregates", itself],
  spacelift_current_average_run_duration: ["aggregates", itself],
  spacelift_current_median_run_duration: ["aggregates", itself],
  spacelift_run_duration_average_seconds: ["aggregates", nanoseconds],
  spacelift_run_duration_median_seconds: ["aggregates", nanoseconds],
  spacelift_current_stacks_count_by_state: ["stacks", inState],
  spacelift_stack_state_timestamp_seconds: ["stacks", itself],
};

/** An account of which every figure is the number of its version, a new one each 100 ms. */
export class ChangingAccount {
  readonly #start = performance.now();

  /** The number of the version at a time of `performance.now()`. */
  versionAt(time: number): number {
    return 1 + Math.floor((time - this.#start) / LIFE);
  }

  /** The whole account as it is now. */
  read(): Account {
    const v = this.versionAt(performance.now());
    const points = [{ value: v, labels: [`STATE_${v}`] }];
    return {
      ...emptyAccount(),
      publicWorkerPool: { parallelism: v, busyWorkers: v, pendingRuns: v },
      workerPools: ["a", "b"].map((id) => ({
        id,
        name: id,
        pendingRuns: v,
        busyWorkers: v,
        workers: [{ id: "w", busy: true, drained: false }],
      })),
      usage: {
        billingPeriodStart: v,
        billingPeriodEnd: v,
        usedPrivateMinutes: v,
        usedPublicMinutes: v,
        usedSeats: v,
      },
      stacks: ["a", "b", "c"].map((id) => ({
        ...plainStack(id),
        state: `STATE_${v}`,
        stateSetAt: v,
        entityCount: v,
      })),
      metrics: {
        stacksCountByState: points,
        resourcesCountByDrift: points,
        avgStackSizeByResourceCount: points,
        averageRunDuration: points,
        medianRunDuration: points,
      },
    };
  }
}

/** The versions that an exposition shows, by collector; of one collector there may be only one. */
export function versionsShown(families: readonly ParsedFamily[]): Map<string, Set<number>> {
  const shown = new Map<string, Set<number>>();
  for (const { name, samples } of families) {
    const [owner, version] = VERSIONS[name] ?? [];
    if (owner === undefined || version === undefined) continue;
    for (const sample of samples) {
      // Without the walk's data the collector of aggregates stands in, with an empty stack.
      const collector = sample.labels["stack"] === "" ? "aggregates" : owner;
      shown.set(collector, (shown.get(collector) ?? new Set()).add(version(sample)));
    }
  }
  return shown;
}
