import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import type { Family } from "../metrics/family.ts";
import type { Report } from "../scrape/collector_record.ts";
import { findSamples, findValue } from "./figures.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { bar, formatCount, section, shorten, table } from "./parts.ts";

/** How many pools are shown; those with the most waiting runs come first. */
const SHOWN = 20;

/** Who works and what waits, in the public pool and in the account's own. */
export function workerPoolsSection(reports: readonly Report[], now: number): Html {
  return section({
    id: "pools",
    title: "Worker pools",
    reports,
    collectors: [publicWorkerPool.name, workerPools.name],
    now,
    content: () => poolsTable(readPools(reports)),
  });
}

function poolsTable(pools: readonly Pool[]): Html {
  if (pools.length === 0) return html`<p>No worker pool is known.</p>`;
  const worstFirst = pools.toSorted((a, b) =>
    (b.pending ?? 0) - (a.pending ?? 0) || (b.busy ?? 0) - (a.busy ?? 0)
  );
  return table({
    caption: "Workers and waiting runs of each pool",
    columns: [
      { heading: "Pool" },
      { heading: "Busy", numeric: true, part: "busy" },
      { heading: "Free", numeric: true, part: "free" },
      { heading: "Drained", numeric: true, part: "drained" },
      { heading: "Pending", numeric: true, part: "pending" },
    ],
    rows: worstFirst.slice(0, SHOWN).map(row),
    total: pools.length,
  });
}

function row({ name, workers, busy, drained, pending }: Pool): HtmlValue[] {
  const free = workers === undefined || busy === undefined || drained === undefined
    ? undefined
    : Math.max(0, workers - busy - drained);
  const parts = [
    { name: "busy", value: busy ?? 0 },
    { name: "free", value: free ?? 0 },
    { name: "drained", value: drained ?? 0 },
    { name: "pending", value: pending ?? 0 },
  ] as const;
  const whole = parts.reduce((sum, { value }) => sum + value, 0);
  return [
    html`${shorten(name)}${bar(parts, whole)}`,
    ...[busy, free, drained, pending].map(formatCount),
  ];
}

/** A worker pool in numbers; undefined is what the API does not know. */
interface Pool {
  readonly name: string;
  readonly workers: number | undefined;
  readonly busy: number | undefined;
  readonly drained: number | undefined;
  readonly pending: number | undefined;
}

/** The public pool and the account's own, as far as collectors reported them. */
function readPools(reports: readonly Report[]): Pool[] {
  return [...publicPools(reports), ...privatePools(reports)];
}

function publicPools(reports: readonly Report[]): Pool[] {
  const workers = findValue(reports, publicWorkerPool.metrics.parallelism);
  // Self-hosted installations have no public workers.
  if (workers === undefined || workers === 0) return [];
  const busy = findValue(reports, publicWorkerPool.metrics.workersBusy);
  const pending = findValue(reports, publicWorkerPool.metrics.runsPending);
  return [{ name: "Public workers", workers, busy, drained: 0, pending }];
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
  const pending = byPool(workerPools.metrics.runsPending);
  return [...names].map(([id, name]) => ({
    name,
    workers: workers.get(id),
    busy: busy.get(id),
    drained: drained.get(id),
    pending: pending.get(id),
  }));
}
