import { markdownTable } from "../docs.ts";
import { type Budget, budgetRow } from "./budget.ts";
import type { SoakFigures, StacksFigures, StartFigures } from "./measurements.ts";
import type { ScrapeFigures } from "./scrape.ts";
import { show } from "./statistics.ts";
import type { RunsFigures } from "./runs.ts";
import type { Subject } from "./subject.ts";
import type { WriterFigures } from "./writer.ts";

/** Times of the writer with its ratios to the least possible and to prom-client. */
export function writerTable(figures: readonly WriterFigures[]): string {
  return markdownTable(
    [
      "Series",
      "Writer ms",
      "Joining ms",
      "prom-client ms",
      "Writer / joining",
      "prom-client / writer",
    ],
    figures.map(({ series, own, joining, promClient }) => [
      String(series),
      show(own),
      show(joining),
      show(promClient),
      `${show(own / joining)}x`,
      `${show(promClient / own)}x`,
    ]),
  );
}

/** Rounds of the collector of runs. */
export function runsTable(rows: readonly (readonly [string, RunsFigures])[]): string {
  return markdownTable(
    ["Account", "Series", "CPU ms a round", "Requests", "Heap MiB"],
    rows.map(([name, { series, round, requests, heap }]) => [
      name,
      String(series),
      show(round),
      String(requests),
      show(heap),
    ]),
  );
}

/** Start times and idle memory next to those of the first program. */
export function startTable(figures: ReadonlyMap<Subject, StartFigures>): string {
  const [floor] = figures.values();
  return markdownTable(
    ["Program", "Start ms", "Ratio", "Idle RSS MiB", "Ratio"],
    [...figures].map(([{ name }, { start, idleRss }]) => [
      name,
      show(start),
      `${show(start / (floor?.start ?? NaN))}x`,
      show(idleRss),
      `${show(idleRss / (floor?.idleRss ?? NaN))}x`,
    ]),
  );
}

/** What scrapes cost, each row under its name. */
export function scrapeTable(rows: readonly (readonly [string, ScrapeFigures])[]): string {
  return markdownTable(
    [
      "Program",
      "Series",
      "p50 ms",
      "p99 ms",
      "CPU ms",
      "us/series",
      "Peak RSS MiB",
      "Bytes",
      "gzip",
    ],
    rows.map(([name, figures]) => [name, ...scrapeCells(figures)]),
  );
}

/** What walks over stacks and the scrapes of their results cost. */
export function stacksTable(rows: readonly (readonly [string, StacksFigures])[]): string {
  return markdownTable(
    [
      "Stacks",
      "Walk s",
      "Requests",
      "Series",
      "p50 ms",
      "p99 ms",
      "CPU ms",
      "us/series",
      "Peak RSS MiB",
      "Bytes",
      "gzip",
    ],
    rows.map(([name, figures]) => [
      name,
      show(figures.walk),
      String(figures.requests),
      ...scrapeCells(figures),
    ]),
  );
}

/** Memory over time. */
export function soakTable({ early, late, peak }: SoakFigures): string {
  return markdownTable(["RSS in the second third MiB", "in the last third MiB", "Peak MiB"], [
    [show(early), show(late), show(peak)],
  ]);
}

/** Requests by operation. */
export function sharingTable(requests: ReadonlyMap<string, number>): string {
  return markdownTable(
    ["Operation", "Requests"],
    [...requests].sort().map(([name, count]) => [name, String(count)]),
  );
}

/** Every budget, met or not. */
export function budgetTable(budgets: readonly Budget[]): string {
  return markdownTable(["Budget", "Measured", "Limit", ""], budgets.map(budgetRow));
}

function scrapeCells(figures: ScrapeFigures): string[] {
  const { series, p50, p99, cpu, peakRss, bytes, plainBytes } = figures;
  return [
    String(series),
    show(p50),
    show(p99),
    show(cpu),
    show(perSeries(figures)),
    show(peakRss),
    String(plainBytes),
    String(bytes),
  ];
}

/** CPU time of a scrape per series, in microseconds. */
export function perSeries({ cpu, series }: ScrapeFigures): number {
  return cpu * 1000 / series;
}
