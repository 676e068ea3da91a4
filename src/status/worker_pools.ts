import * as shared from "../collectors/public_worker_pool.ts";
import * as own from "../collectors/worker_pools.ts";
import type { Family } from "../metrics/family.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findSamples, findValue } from "./find_samples.ts";

/** A worker pool in numbers; undefined is what the API does not know. */
export interface Pool {
  readonly name: string;
  readonly workers: number | undefined;
  readonly busy: number | undefined;
  readonly drained: number | undefined;
  readonly pending: number | undefined;
}

/** The public pool and the account's own, as far as collectors reported them. */
export function readPools(reports: readonly Report[]): Pool[] {
  return [...publicPools(reports), ...privatePools(reports)];
}

function publicPools(reports: readonly Report[]): Pool[] {
  const workers = findValue(reports, shared.PARALLELISM);
  // Self-hosted installations have no public workers.
  if (workers === undefined || workers === 0) return [];
  const busy = findValue(reports, shared.WORKERS_BUSY);
  const pending = findValue(reports, shared.RUNS_PENDING);
  return [{ name: "Public workers", workers, busy, drained: 0, pending }];
}

function privatePools(reports: readonly Report[]): Pool[] {
  const names = new Map<string, string>();
  const byPool = (family: Family) => {
    const values = new Map<string, number>();
    for (const { labelValues: [id = "", name = ""], value } of findSamples(reports, family) ?? []) {
      names.set(id, name || id);
      values.set(id, value);
    }
    return values;
  };
  const workers = byPool(own.WORKERS);
  const busy = byPool(own.WORKERS_BUSY);
  const drained = byPool(own.WORKERS_DRAINED);
  const pending = byPool(own.RUNS_PENDING);
  return [...names].map(([id, name]) => ({
    name,
    workers: workers.get(id),
    busy: busy.get(id),
    drained: drained.get(id),
    pending: pending.get(id),
  }));
}
