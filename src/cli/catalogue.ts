import { aggregates } from "../collectors/aggregates.ts";
import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import * as stackFamilies from "../collectors/stack_families.ts";
import { usage } from "../collectors/usage.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Family } from "../metrics/family.ts";
import { OWN_FAMILIES } from "../scrape/scraper.ts";

/** Every family that the exporter can serve, with the collectors that deliver it. */
export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = collect([
  ["publicworkerpool", publicWorkerPool.families],
  ["workerpools", workerPools.families],
  ["usage", usage.families],
  ["stacks", Object.values(stackFamilies)],
  ["aggregates", aggregates.families],
  ["", OWN_FAMILIES],
]);

/** A family and the names of the collectors that deliver it; none for what is always served. */
export interface CatalogueEntry {
  readonly family: Family;
  readonly collectors: readonly string[];
}

function collect(
  sources: readonly (readonly [collector: string, families: readonly Family[]])[],
): Map<string, CatalogueEntry> {
  const entries = new Map<string, CatalogueEntry>();
  for (const [collector, families] of sources) {
    for (const family of families) {
      const collectors = entries.get(family.name)?.collectors ?? [];
      entries.set(family.name, {
        family,
        collectors: collector === "" ? collectors : [...collectors, collector],
      });
    }
  }
  return entries;
}
