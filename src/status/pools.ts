import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Family } from "../metrics/family.ts";
import type { Report } from "../scrape/collector_record.ts";
import { section } from "./condition.ts";
import { findSamples, findValue } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { bar, counted, formatCount, shorten } from "./parts.ts";

/** A worker pool in numbers; undefined is what the API does not know. */
export interface Pool {
  readonly name: string;
  readonly isPublic: boolean;
  readonly workers: number | undefined;
  readonly busy: number | undefined;
  readonly drained: number | undefined;
  /** Workers that could take a run now. */
  readonly free: number | undefined;
  /** Runs queued for a worker. */
  readonly pending: number | undefined;
}

/** How many pools the page shows unless all are requested. */
const SHOWN = 8;

/** Who works and what waits, in the public pool and in the account's own. */
export function poolsSection(reports: readonly Report[], now: number, all: boolean): Html {
  return section({
    id: "pools",
    title: "Worker pools",
    reports,
    collectors: [publicWorkerPool.name, workerPools.name],
    now,
    content: () => poolsList(readPools(reports), all),
  });
}

/** Those in which most runs wait come first. */
export function readPools(reports: readonly Report[]): Pool[] {
  return [...publicPools(reports), ...privatePools(reports)].sort((a, b) =>
    (b.pending ?? 0) - (a.pending ?? 0) || (b.busy ?? 0) - (a.busy ?? 0)
  );
}

/** Why a pool takes no run, or how many it could take. */
export function describeWorkers({ workers, busy, drained, free }: Pool): string {
  if (workers === 0) return "no workers";
  if (free === undefined || workers === undefined) return "workers unknown";
  if (free > 0) return `${formatCount(free)} of ${counted(workers, "worker")} free`;
  if (drained === workers) return workers === 1 ? "its only worker is drained" : "all drained";
  if (drained === 0) {
    return workers === 1 ? "its only worker is busy" : `all ${formatCount(workers)} workers busy`;
  }
  return `${formatCount(busy)} busy, ${formatCount(drained)} drained`;
}

function poolsList(pools: readonly Pool[], all: boolean): Html {
  if (pools.length === 0) return html`<p>There are no worker pools.</p>`;
  const shown = all ? pools : withPublicPool(pools);
  // One scale for all, so that a long bar is a large pool.
  const scale = Math.max(...pools.map(({ workers, busy }) => workers ?? busy ?? 0));
  return html`
    <p class="legend" aria-hidden="true">
      ${(["busy", "free", "drained"] as const).map((name) =>
        html`
          <span>${bar([{ name, value: 1 }], 1)} ${name}</span>
        `
      )}
    </p>
    <ul class="pools">${shown.map((pool) => row(pool, scale))}</ul>
    ${shown.length === pools.length
      ? ""
      : html`<p><a href="?all=pools">All ${counted(pools.length, "worker pool")}</a></p>`}
  `;
}

/** The public pool must stay visible even if the account has many pools of its own. */
function withPublicPool(pools: readonly Pool[]): Pool[] {
  const first = pools.slice(0, SHOWN);
  const shared = pools.find(({ isPublic }) => isPublic);
  if (shared === undefined || first.includes(shared)) return first;
  return [...first.slice(0, -1), shared];
}

function row(pool: Pool, scale: number): Html {
  const { name, busy, free, drained, pending } = pool;
  const parts = [
    { name: "busy", value: busy ?? 0 },
    { name: "free", value: free ?? 0 },
    { name: "drained", value: drained ?? 0 },
  ];
  const waiting = pending === undefined ? "waiting unknown" : `${formatCount(pending)} waiting`;
  const figures = [
    `${formatCount(busy)} busy`,
    `${formatCount(free)} free`,
    ...(drained === 0 ? [] : [`${formatCount(drained)} drained`]),
  ];
  return html`<li><span class="name">${shorten(name)}</span>
    <span class="waiting ${(pending ?? 0) > 0 ? "some" : "none"}">${waiting}</span>
    ${bar(parts, scale)} <span class="figures">${figures.join(", ")}</span></li>\n`;
}

function publicPools(reports: readonly Report[]): Pool[] {
  const workers = findValue(reports, publicWorkerPool.metrics.parallelism);
  // Self-hosted installations have no public workers.
  if (workers === undefined || workers === 0) return [];
  const busy = findValue(reports, publicWorkerPool.metrics.workersBusy);
  const pending = findValue(reports, publicWorkerPool.metrics.runsPending);
  const free = freeOf(workers, busy, 0);
  return [{ name: "Public workers", isPublic: true, workers, busy, drained: 0, free, pending }];
}

function privatePools(reports: readonly Report[]): Pool[] {
  const names = new Map<string, string>();
  const byPool = (metric: { readonly family: Family }) => {
    const values = new Map<string, number>();
    for (const { labelValues: [id = "", name = ""], value } of findSamples(reports, metric) ?? []) {
      names.set(id, name || id);
      values.set(id, value);
    }
    return values;
  };
  const workers = byPool(workerPools.metrics.workers);
  const busy = byPool(workerPools.metrics.workersBusy);
  const drained = byPool(workerPools.metrics.workersDrained);
  const free = byPool(workerPools.metrics.workersFree);
  const pending = byPool(workerPools.metrics.runsPending);
  return [...names].map(([id, name]) => ({
    name,
    isPublic: false,
    workers: workers.get(id),
    busy: busy.get(id),
    drained: drained.get(id),
    // Where only sums are known, a drained worker that is still busy counts twice.
    free: free.get(id) ?? freeOf(workers.get(id), busy.get(id), drained.get(id)),
    pending: pending.get(id),
  }));
}

function freeOf(
  workers: number | undefined,
  busy: number | undefined,
  drained: number | undefined,
): number | undefined {
  if (workers === undefined || busy === undefined || drained === undefined) return undefined;
  return Math.max(0, workers - busy - drained);
}
