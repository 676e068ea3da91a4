import { Account, type AccountSize } from "./account.ts";
import { type Figure, GROWTH, median } from "./report.ts";
import { measureRuns } from "./runs.ts";
import {
  bundled,
  fromSource,
  helloWorld,
  ScrapeClient,
  start,
  type Started,
  type Subject,
  valueOf,
} from "./subject.ts";
import { measureWriter } from "./writer.ts";

/** What is measured, and with what. */
export interface Options {
  /** Whether the memory is watched for ten minutes instead of one. */
  readonly soak: boolean;
  readonly peer: Subject | undefined;
  /** Where files may be written. */
  readonly directory: string;
  /** The bundled exporter's file. */
  readonly path: string;
}

/** The parts of a round, each of which gives its figures. */
export const PARTS = {
  writer: measureWriter,
  start: starts,
  accounts,
  series,
  stacks,
  runs: measureRuns,
  soak,
  sharing,
};

const STARTS = 3;
const SCRAPERS = 50;

const COLLECTOR = '{collector="stacks"}';
const WALK_DURATION = `spacelift_scrape_collector_duration_seconds${COLLECTOR}`;
const LAST_WALK = `spacelift_scrape_collector_last_success_timestamp_seconds${COLLECTOR}`;

/** Starts each program several times, taking turns. */
async function starts({ directory, path }: Options): Promise<Figure[]> {
  const subjects = { floor: await helloWorld(directory), own: bundled(path), source: fromSource };
  await using account = await Account.start({ stacks: 0, workerPools: 25 });
  const times = { floor: [NaN], own: [NaN], source: [NaN] };
  const idle = { floor: [NaN], own: [NaN], source: [NaN] };
  for (let round = 0; round < STARTS; round++) {
    for (const name of ["floor", "own", "source"] as const) {
      await using started = await start(subjects[name], account.url);
      await pause(1000);
      times[name][round] = started.startTime;
      idle[name][round] = await started.child.rss();
    }
  }
  const compare = (what: string, of: typeof times, name: "own" | "source") => ({
    what: `${what}, against the server that does nothing`,
    measured: median(of[name]),
    against: median(of.floor),
  });
  return [
    { ...compare("Idle memory", idle, "own"), limit: 1.35, unit: "MiB" },
    { ...compare("Start", times, "own"), limit: 2, unit: "ms" },
    { ...compare("Start from source", times, "source"), unit: "ms" },
  ];
}

const ACCOUNTS = [
  {
    what: "10 pools of 5 and 300 stacks",
    size: { stacks: 300, workerPools: 10, workersPerPool: 5 },
    scrapes: 1000,
    peerLimit: 1.2,
    memory: 75,
  },
  {
    what: "500 pools of 10",
    size: { stacks: 0, workerPools: 500, workersPerPool: 10 },
    scrapes: 200,
    peerLimit: 0.25,
  },
  {
    what: "5,000 pools of 2",
    size: { stacks: 0, workerPools: 5000, workersPerPool: 2 },
    scrapes: 50,
    peerLimit: 0.25,
    memory: 130,
  },
];

/** Accounts of three sizes, the peer scraped after the exporter. */
async function accounts({ path, peer }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { what, size, scrapes, peerLimit, memory } of ACCOUNTS) {
    const flags = size.stacks === 0 ? ["--no-collector.stacks"] : [];
    const own = await measureSize(bundled(path, ...flags), size, scrapes);
    const other = peer === undefined ? undefined : await measureSize(peer, size, scrapes);
    figures.push({
      what: `CPU of a scrape, ${what}`,
      measured: own.cpu,
      unit: "ms",
      ...other === undefined ? {} : { against: other.cpu, limit: peerLimit },
    });
    if (memory === undefined) continue;
    figures.push({
      what: `Peak memory, ${what}, scraped ${scrapes} times`,
      measured: own.peakRss,
      limit: memory,
      unit: "MiB",
    });
  }
  return figures;
}

/** Scrapes of some worker pools and of ten times as many. */
async function series({ path }: Options): Promise<Figure[]> {
  const exporter = bundled(path, "--no-collector.stacks");
  const small = await measureSize(exporter, { stacks: 0, workerPools: 1000 }, 50);
  const large = await measureSize(exporter, { stacks: 0, workerPools: 10_000 }, 20);
  return [{
    what: "Scraping: CPU of a series of 10,000 pools against one of 1,000",
    measured: perSeries(large),
    against: perSeries(small),
    limit: GROWTH,
    unit: "us",
  }];
}

/** Scrapes of what a walk over many stacks has found, while no other is under way. */
async function stacks({ path }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, flags] of [["", []], [" with details", ["--stacks-details"]]] as const) {
    const exporter = bundled(path, ...flags);
    const small = await measureWalk(exporter, 2000);
    const large = await measureWalk(exporter, 20_000);
    figures.push({
      what: `Scraping: CPU of a series of 20,000 stacks${what} against one of 2,000`,
      measured: perSeries(large),
      against: perSeries(small),
      limit: GROWTH,
      unit: "us",
    }, { what: `A walk over 20,000 stacks${what}`, measured: large.walk, unit: "s" });
  }
  return figures;
}

/** Scrapes 10,000 stacks every second and watches the memory. */
async function soak({ path, soak }: Options): Promise<Figure[]> {
  const seconds = soak ? 600 : 60;
  await using account = await Account.start({ stacks: 10_000, workerPools: 4 });
  await using started = await start(bundled(path), account.url);
  using client = new ScrapeClient(started.port);
  const samples: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const next = pause(1000);
    await client.scrape();
    samples.push(await started.child.rss());
    await next;
  }
  const third = Math.ceil(samples.length / 3);
  const what = `10,000 stacks, scraped every second for ${seconds} s`;
  return [
    {
      what: `Peak memory, ${what}`,
      measured: await started.child.peakRss(),
      limit: 150,
      unit: "MiB",
    },
    {
      what: "Memory in the last third of that time against the second",
      measured: median(samples.slice(2 * third)),
      against: median(samples.slice(third, 2 * third)),
      limit: 1.1,
      unit: "MiB",
    },
  ];
}

/** How often the API is asked while many scrape at once. */
async function sharing({ path }: Options): Promise<Figure[]> {
  await using account = await Account.start({ stacks: 0, workerPools: 25, delay: 500 });
  const flags = ["--no-collector.stacks", "--no-collector.runs"];
  await using started = await start(bundled(path, ...flags), account.url);
  const clients = Array.from({ length: SCRAPERS }, () => new ScrapeClient(started.port));
  await clients[0]?.scrape();
  const before = await account.requests();
  await Promise.all(clients.map((client) => client.scrape()));
  const after = await account.requests();
  for (const client of clients) client[Symbol.dispose]();
  const most = Math.max(
    ...[...after].map(([name, count]) => count - (before.get(name) ?? 0)),
  );
  return [{
    what: `Requests of a collector, ${SCRAPERS} scrapers at once`,
    measured: most,
    limit: 1,
    unit: "",
  }];
}

/** What scraping cost. */
interface ScrapeFigures {
  readonly series: number;
  /** CPU time of a scrape, in milliseconds. */
  readonly cpu: number;
  /** MiB. */
  readonly peakRss: number;
}

async function measureSize(
  subject: Subject,
  size: AccountSize,
  scrapes: number,
): Promise<ScrapeFigures> {
  await using account = await Account.start(size);
  await using started = await start(subject, account.url);
  return await measureScrapes(started, { seconds: 0, atLeast: scrapes });
}

async function measureWalk(
  subject: Subject,
  stacks: number,
): Promise<ScrapeFigures & { readonly walk: number }> {
  await using account = await Account.start({ stacks, workerPools: 0 });
  await using started = await start(subject, account.url);
  const walk = await firstWalk(started);
  return { ...await measureScrapes(started, { seconds: 8, atLeast: 20 }), walk };
}

/** Scrapes again and again for some seconds, after a few scrapes that are not counted. */
async function measureScrapes(
  { child, port }: Started,
  options: { readonly seconds: number; readonly atLeast: number },
): Promise<ScrapeFigures> {
  using client = new ScrapeClient(port);
  for (let count = 0; count < 20; count++) await client.scrape();
  const cpuBefore = await child.cpu();
  const end = performance.now() + options.seconds * 1000;
  let scrapes = 0;
  while (performance.now() < end || scrapes < options.atLeast) {
    await client.scrape();
    scrapes++;
  }
  const cpu = (await child.cpu() - cpuBefore) * 1000 / scrapes;
  const peakRss = await child.peakRss();
  const series = (await client.text()).match(/^[^#\n]/gm)?.length ?? 0;
  return { series, cpu, peakRss };
}

/** Waits for the first walk and gives its duration in seconds. */
async function firstWalk({ port }: Started): Promise<number> {
  using client = new ScrapeClient(port);
  for (;;) {
    await pause(500);
    const exposition = await client.text();
    if ((valueOf(exposition, LAST_WALK) ?? 0) > 0) return valueOf(exposition, WALK_DURATION) ?? NaN;
  }
}

/** CPU time of a scrape per series, in microseconds. */
function perSeries({ cpu, series }: ScrapeFigures): number {
  return cpu * 1000 / series;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
