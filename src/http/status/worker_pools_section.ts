import * as publicPool from "../../collectors/public_worker_pool.ts";
import * as pools from "../../collectors/worker_pools.ts";
import type { Family } from "../../metrics/family.ts";
import type { Report } from "../../scrape/collector_record.ts";
import { findSamples, findValue } from "../../scrape/lookup.ts";
import { type Html, html, type HtmlValue } from "../html.ts";
import { bar } from "./bar.ts";
import { formatCount } from "./format.ts";
import { table } from "./table.ts";

interface Pool {
  readonly name: string;
  readonly workers: number;
  readonly busy: number;
  readonly drained: number;
  readonly pending: number;
}

/** How many pools are shown; those with the most waiting runs come first. */
const SHOWN = 20;

/** Who works and what waits, in the public pool and in the account's own. */
export function workerPoolsSection(reports: readonly Report[]): Html {
  const all = [...publicPools(reports), ...privatePools(reports)];
  const shown = all.toSorted((a, b) => b.pending - a.pending || b.busy - a.busy).slice(0, SHOWN);
  const more = all.length - shown.length;
  return html`
    <section aria-labelledby="pools">
      <h2 id="pools">Worker pools</h2>
      ${all.length === 0 ? html`<p>No worker pool is known.</p>` : table(
        "Workers and waiting runs of each pool",
        [
          { heading: "Pool" },
          { heading: "Workers" },
          ...["Busy", "Free", "Drained", "Pending runs"].map((heading) => ({
            heading,
            numeric: true,
          })),
        ],
        shown.map(row),
      )}
      ${more === 0 ? "" : html`<p>And ${formatCount(more)} more pools.</p>`}
    </section>
  `;
}

function row({ name, workers, busy, drained, pending }: Pool): HtmlValue[] {
  const free = Math.max(0, workers - busy - drained);
  const whole = Math.max(workers, busy + drained);
  return [
    name,
    bar([{ name: "busy", value: busy }, { name: "free", value: free }, {
      name: "drained",
      value: drained,
    }], whole),
    ...[busy, free, drained, pending].map(formatCount),
  ];
}

function publicPools(reports: readonly Report[]): Pool[] {
  const workers = findValue(reports, publicPool.PARALLELISM);
  // Self-hosted installations have no public workers.
  if (workers === undefined || workers === 0) return [];
  const busy = findValue(reports, publicPool.WORKERS_BUSY) ?? 0;
  const pending = findValue(reports, publicPool.RUNS_PENDING) ?? 0;
  return [{ name: "Public workers", workers, busy, drained: 0, pending }];
}

function privatePools(reports: readonly Report[]): Pool[] {
  const byPool = (family: Family) =>
    new Map(
      (findSamples(reports, family) ?? []).map(({ labelValues: [id], value }) => [id, value]),
    );
  const busy = byPool(pools.WORKERS_BUSY);
  const drained = byPool(pools.WORKERS_DRAINED);
  const pending = byPool(pools.RUNS_PENDING);
  return (findSamples(reports, pools.WORKERS) ?? []).map(({ labelValues: [id, name], value }) => ({
    name: name || id || "",
    workers: value,
    busy: busy.get(id) ?? 0,
    drained: drained.get(id) ?? 0,
    pending: pending.get(id) ?? 0,
  }));
}
