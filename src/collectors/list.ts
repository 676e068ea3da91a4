import { aggregates } from "./aggregates.ts";
import type { Collector } from "./collector.ts";
import { publicWorkerPool } from "./public_worker_pool.ts";
import { usage } from "./usage.ts";
import { workerPools } from "./worker_pools.ts";

/** The collectors asked by each scrape; a family is served by the first one that delivered it. */
export const SCRAPED_COLLECTORS: readonly Collector[] = [
  publicWorkerPool,
  workerPools,
  usage,
  aggregates,
];
