import type { Report } from "../scrape/collector_record.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { bar } from "./bar.ts";
import { formatCount, shorten } from "./format.ts";
import { section } from "./section.ts";
import { table } from "./table.ts";
import { type Pool, readPools } from "./worker_pools.ts";

/** How many pools are shown; those with the most waiting runs come first. */
const SHOWN = 20;

/** Who works and what waits, in the public pool and in the account's own. */
export function workerPoolsSection(reports: readonly Report[], now: number): Html {
  return section({
    id: "pools",
    title: "Worker pools",
    reports,
    collectors: ["publicworkerpool", "workerpools"],
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
