import { aggregates } from "./aggregates.ts";
import type { Collector } from "./collector.ts";
import { publicWorkerPool } from "./public_worker_pool.ts";
import { runs } from "./runs/collector.ts";
import { stacks } from "./stacks/collector.ts";
import { usage } from "./usage.ts";
import { workerPools } from "./worker_pools.ts";

const LIST = [publicWorkerPool, workerPools, usage, stacks, aggregates, runs] as const;

/** The settings that the collectors need, all in one type. */
export type CollectorSettings = [typeof LIST[number]] extends [Collector<infer S>] ? S : never;

/** Every collector; a family that two of them can deliver is served from the first that has it. */
export const COLLECTORS: readonly Collector<CollectorSettings>[] = LIST;
