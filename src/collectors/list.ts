import { aggregates } from "./aggregates.ts";
import type { Collector } from "./collector.ts";
import { publicWorkerPool } from "./public_worker_pool.ts";
import { runs } from "./runs/collector.ts";
import { stacks } from "./stacks/collector.ts";
import { usage } from "./usage.ts";
import { workerPools } from "./worker_pools.ts";

const LIST = [publicWorkerPool, workerPools, usage, stacks, aggregates, runs] as const;

/** What the settings of an exporter must hold for its collectors. */
export type CollectorSettings = [typeof LIST[number]] extends [Collector<infer S>] ? S : never;

/** Every collector; a family that two of them deliver is served from the first that has it. */
export const COLLECTORS: readonly Collector<CollectorSettings>[] = LIST;
