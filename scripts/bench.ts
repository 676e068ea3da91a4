/**
 * Measures what the exporter costs, compared with a server that does nothing and with other ways to
 * write the same text, and prints tables with the budgets that are met and those that are not.
 *
 *     deno task bench [--soak] [--peer COMMAND] [--only writer,start,accounts,scrapes,stacks,runs,soak,sharing]
 *
 * `--soak` watches the memory for ten minutes instead of one. `--peer` measures another exporter
 * against the same accounts; its endpoint and listen address are passed in
 * SPACELIFT_PROMEX_API_ENDPOINT, _API_KEY_ID, _API_KEY_SECRET and _LISTEN_ADDRESS. Runs on Linux.
 */
import { parseArgs } from "node:util";
import type { Budget } from "./bench/budget.ts";
import {
  measureSharing,
  measureSize,
  measureSoak,
  measureStacks,
  measureStarts,
} from "./bench/measurements.ts";
import { measureRuns } from "./bench/runs.ts";
import * as report from "./bench/report.ts";
import { bundle, bundled, fromSource, helloWorld, peer, type Subject } from "./bench/subject.ts";
import { measureWriter } from "./bench/writer.ts";

const SERIES_PER_POOL = 4;
const SERIES = [100, 10_000, 20_000, 100_000];
const SCRAPERS = 50;

const PARTS = [
  "writer",
  "start",
  "accounts",
  "scrapes",
  "stacks",
  "runs",
  "soak",
  "sharing",
] as const;
type Part = typeof PARTS[number];

interface Options {
  readonly parts: ReadonlySet<Part>;
  readonly soak: boolean;
  readonly peer: Subject | undefined;
  readonly directory: string;
  /** The bundled exporter's file. */
  readonly path: string;
}

/** Each part prints its table and gives the budgets that it can judge. */
const MEASURE: Readonly<Record<Part, (options: Options) => Promise<Budget[]>>> = {
  writer,
  start: starts,
  accounts,
  scrapes,
  stacks,
  runs,
  soak,
  sharing,
};

async function writer(): Promise<Budget[]> {
  const small = await measureWriter(10_000);
  const large = await measureWriter(100_000);
  print("Writing series with three labels", report.writerTable([small, large]));
  return [
    {
      what: "Writing 100,000 series, against joining prepared lines",
      measured: large.own / large.joining,
      limit: 2,
      unit: "x",
    },
    {
      what: "Writing 100,000 series, prom-client against it",
      measured: large.promClient / large.own,
      limit: 5,
      unit: "x",
      atLeast: true,
    },
    {
      what: "Writing: a series of 100,000 against one of 10,000",
      measured: large.own / 10 / small.own,
      limit: 1.3,
      unit: "x",
    },
  ];
}

async function starts({ directory, path, peer }: Options): Promise<Budget[]> {
  const floor = await helloWorld(directory);
  const exporter = bundled(path);
  const subjects = [floor, exporter, fromSource, ...peer === undefined ? [] : [peer]];
  const figures = await measureStarts(subjects, 9);
  print(
    "Start until a connection is accepted, and memory a second later",
    report.startTable(figures),
  );
  const ratio = (key: "start" | "idleRss") =>
    (figures.get(exporter)?.[key] ?? NaN) / (figures.get(floor)?.[key] ?? NaN);
  return [
    { what: "Idle RSS against a hello world", measured: ratio("idleRss"), limit: 1.35, unit: "x" },
    { what: "Start against a hello world", measured: ratio("start"), limit: 2, unit: "x" },
  ];
}

const ACCOUNTS = [
  {
    what: "10 pools of 5, 300 stacks",
    stacks: 300,
    workerPools: 10,
    workersPerPool: 5,
    scrapes: 1000,
  },
  { what: "500 pools of 10", stacks: 0, workerPools: 500, workersPerPool: 10, scrapes: 200 },
  { what: "5,000 pools of 2", stacks: 0, workerPools: 5000, workersPerPool: 2, scrapes: 50 },
];

/** Accounts of three sizes, the peer scraped in turn with the exporter. */
async function accounts({ path, peer }: Options): Promise<Budget[]> {
  const rows = [];
  for (const { what, scrapes, ...size } of ACCOUNTS) {
    const flags = size.stacks === 0 ? ["--no-collector.stacks"] : [];
    const options = { seconds: 0, atLeast: scrapes };
    const own = await measureSize(bundled(path, ...flags), size, options);
    const other = peer === undefined ? undefined : await measureSize(peer, size, options);
    rows.push({ what, own, other });
  }
  print(
    "Scrapes of accounts of three sizes",
    report.scrapeTable(rows.flatMap(({ what, own, other }) => [
      [what, own] as const,
      ...other === undefined ? [] : [[`${what}, peer`, other] as const],
    ])),
  );
  const [usual, , largest] = rows;
  return [
    ...rows.filter(({ other }) => other !== undefined).map(({ what, own, other }, index) => ({
      what: `CPU per scrape against the peer, ${what}`,
      measured: ratio(own, other, ({ cpu }) => cpu),
      limit: index === 0 ? 1.2 : 0.25,
      unit: "x",
    })),
    {
      what: "Peak RSS of 1,000 scrapes of the usual account",
      measured: usual?.own.peakRss ?? NaN,
      limit: 75,
      unit: "MiB",
    },
    {
      what: "Peak RSS of 50 scrapes of 5,000 pools",
      measured: largest?.own.peakRss ?? NaN,
      limit: 130,
      unit: "MiB",
    },
  ];
}

async function scrapes({ path, peer }: Options): Promise<Budget[]> {
  const exporter = bundled(path, "--no-collector.stacks");
  const measure = async (subject: Subject) => {
    const figures = [];
    for (const series of SERIES) {
      const size = { stacks: 0, workerPools: series / SERIES_PER_POOL };
      figures.push(
        [subject.name, await measureSize(subject, size, { seconds: 8, atLeast: 20 })] as const,
      );
    }
    return figures;
  };
  const own = await measure(exporter);
  const others = peer === undefined ? [] : await measure(peer);
  print(
    "Scrapes, four series for each worker pool of four workers",
    report.scrapeTable([...own, ...others]),
  );
  const [, tenThousand, twentyThousand, hundredThousand] = own.map(([, figures]) => figures);
  const other = others[2]?.[1];
  return [
    {
      what: "Scraping: CPU of a series of 100,000 against one of 10,000",
      measured: ratio(hundredThousand, tenThousand, report.perSeries),
      limit: 1.3,
      unit: "x",
    },
    ...other === undefined ? [] : [{
      what: "CPU per scrape at 20,000 series, against the peer",
      measured: ratio(twentyThousand, other, ({ cpu }) => cpu),
      limit: 0.25,
      unit: "x",
    }],
  ];
}

async function stacks({ path }: Options): Promise<Budget[]> {
  const measure = (stacks: number, ...flags: string[]) =>
    measureStacks({
      walker: bundled(path, ...flags, "--stacks-refresh-interval", "1s"),
      scraped: bundled(path, ...flags),
      stacks,
      seconds: 8,
    });
  const rows = [
    ["2,000", await measure(2000)],
    ["20,000", await measure(20_000)],
    ["2,000 with details", await measure(2000, "--stacks-details")],
    ["20,000 with details", await measure(20_000, "--stacks-details")],
  ] as const;
  print("Walks over stacks, and scrapes of what they found", report.stacksTable(rows));
  const [[, small], [, large], [, smallDetailed], [, largeDetailed]] = rows;
  return [
    {
      what: "20,000 stacks: CPU of a series against one of 2,000 stacks",
      measured: ratio(large, small, report.perSeries),
      limit: 1.3,
      unit: "x",
    },
    {
      what: "20,000 stacks with details: the same",
      measured: ratio(largeDetailed, smallDetailed, report.perSeries),
      limit: 1.3,
      unit: "x",
    },
  ];
}

async function runs(): Promise<Budget[]> {
  const rows = [
    ["300 stacks", await measureRuns({ stacks: 300, ended: true })],
    ["10,000 series", await measureRuns({ stacks: 10_000, ended: true, kept: 10_000 })],
    ["5,000 runs under way", await measureRuns({ stacks: 300, ended: false })],
  ] as const;
  print("Rounds with 49 new runs, 5,000 in the ledger", report.runsTable(rows));
  const [[, { round, requests }]] = rows;
  return [
    {
      what: "A round with 49 new runs, 5,000 in the ledger",
      measured: round,
      limit: 20,
      unit: "ms",
    },
    { what: "Its requests", measured: requests, limit: 1, unit: "requests" },
  ];
}

async function soak({ path, soak }: Options): Promise<Budget[]> {
  const seconds = soak ? 600 : 60;
  const figures = await measureSoak(bundled(path), 10_000, seconds);
  print(`10,000 stacks, scraped every second for ${seconds} s`, report.soakTable(figures));
  return [
    { what: "Peak RSS, 10,000 stacks", measured: figures.peak, limit: 150, unit: "MiB" },
    {
      what: "Growth of the RSS in the last third of the time",
      measured: figures.late / figures.early,
      limit: 1.1,
      unit: "x",
    },
  ];
}

async function sharing({ path }: Options): Promise<Budget[]> {
  const exporter = bundled(path, "--no-collector.stacks");
  const requests = await measureSharing(exporter, SCRAPERS);
  print(`${SCRAPERS} scrapers at once`, report.sharingTable(requests));
  return [{
    what: `Requests per collector, ${SCRAPERS} scrapers at once`,
    measured: Math.max(...requests.values()),
    limit: 1,
    unit: "requests",
  }];
}

function ratio<T>(
  one: T | undefined,
  other: T | undefined,
  read: (figures: T) => number,
): number {
  return one === undefined || other === undefined ? NaN : read(one) / read(other);
}

function print(title: string, table: string): void {
  const bytes = new TextEncoder().encode(`\n${title}\n\n${table}\n`);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

function readParts(list: string | undefined): Set<Part> {
  const names = list?.split(",") ?? PARTS;
  const unknown = names.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`Cannot measure "${unknown}": use ${PARTS.join(",")}`);
  return new Set(PARTS.filter((part) => names.includes(part)));
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      soak: { type: "boolean", default: false },
      peer: { type: "string" },
      only: { type: "string" },
    },
  });
  const directory = await Deno.makeTempDir();
  try {
    const options = {
      parts: readParts(values.only),
      soak: values.soak,
      peer: values.peer === undefined ? undefined : peer(values.peer),
      directory,
      path: await bundle(directory),
    };
    const budgets: Budget[] = [];
    for (const part of options.parts) budgets.push(...await MEASURE[part](options));
    print("Budgets", report.budgetTable(budgets));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

if (import.meta.main) await main(Deno.args);
