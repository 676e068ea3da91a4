import { aggregates } from "../collectors/aggregates.ts";
import type { Collector } from "../collectors/collector.ts";
import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import * as stackFamilies from "../collectors/stacks/families.ts";
import { usage } from "../collectors/usage.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Family } from "../metrics/family.ts";
import { OWN_FAMILIES } from "../scrape/scraper.ts";

/** A family and the names of the collectors that deliver it; none for what is always served. */
export interface CatalogueEntry {
  readonly family: Family;
  readonly collectors: readonly string[];
}

const COLLECTORS: readonly Pick<Collector, "name" | "families">[] = [
  publicWorkerPool,
  workerPools,
  usage,
  { name: "stacks", families: Object.values(stackFamilies) },
  aggregates,
];

/** Every family that the exporter can serve, by name. */
export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  [...COLLECTORS.flatMap(({ families }) => families), ...OWN_FAMILIES].map((family) => {
    const deliver = COLLECTORS.filter(({ families }) => families.includes(family));
    return [family.name, { family, collectors: deliver.map(({ name }) => name) }];
  }),
);
