import { Account, type AccountSize } from "./account.ts";
import { measureScrapes, ScrapeClient, type ScrapeFigures, valueOf } from "./scrape.ts";
import { median } from "./statistics.ts";
import { start, type Started, type Subject } from "./subject.ts";

/** The cost of starting, and the memory of an idle program. */
export interface StartFigures {
  /** Milliseconds from the start until a connection is accepted. */
  readonly start: number;
  /** MiB a second later. */
  readonly idleRss: number;
}

/** What one walk over the stacks cost and what scrapes of its result cost. */
export interface StacksFigures extends ScrapeFigures {
  /** Seconds, the counting of drift included. */
  readonly walk: number;
  /** Requests of a walk. */
  readonly requests: number;
}

/** Resident memory while scrapes come every second, in MiB. */
export interface SoakFigures {
  readonly early: number;
  readonly late: number;
  readonly peak: number;
}

const COLLECTOR = '{collector="stacks"}';
const WALK_DURATION = `spacelift_scrape_collector_duration_seconds${COLLECTOR}`;
const LAST_WALK = `spacelift_scrape_collector_last_success_timestamp_seconds${COLLECTOR}`;

/** Starts each program several times, taking turns. */
export async function measureStarts(
  subjects: readonly Subject[],
  rounds: number,
): Promise<Map<Subject, StartFigures>> {
  await using account = await Account.start({ stacks: 0, workerPools: 25 });
  const starts = new Map(subjects.map((subject) => [subject, { times: [NaN], idle: [NaN] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [subject, { times, idle }] of starts) {
      await using started = await start(subject, account.url);
      await pause(1000);
      times.push(started.startTime);
      idle.push(await started.child.rss());
    }
  }
  return new Map(
    [...starts].map(([subject, { times, idle }]) => [
      subject,
      { start: median(times.slice(1)), idleRss: median(idle.slice(1)) },
    ]),
  );
}

/** Scrapes a program that asks an account of this size. */
export async function measureSize(
  subject: Subject,
  size: AccountSize,
  options: { seconds: number; atLeast: number },
): Promise<ScrapeFigures> {
  await using account = await Account.start(size);
  await using started = await start(subject, account.url);
  return await measureScrapes(started, options);
}

/** Measures a walk over stacks, then scrapes of what a walk found while no other is under way. */
export async function measureStacks(options: {
  /** Walks again at once. */
  walker: Subject;
  /** Walks so seldom that the scrapes find it resting. */
  scraped: Subject;
  stacks: number;
  seconds: number;
}): Promise<StacksFigures> {
  await using account = await Account.start({ stacks: options.stacks, workerPools: 0 });
  const { walk, requests } = await measureWalk(options.walker, account);
  await using started = await start(options.scraped, account.url);
  await nextWalk(started, 0);
  const figures = await measureScrapes(started, { seconds: options.seconds, atLeast: 20 });
  return { ...figures, walk, requests };
}

async function measureWalk(
  walker: Subject,
  account: Account,
): Promise<{ walk: number; requests: number }> {
  await using started = await start(walker, account.url);
  // The account makes its replies while the first walk lasts: only the second one counts.
  await nextWalk(started, 0);
  const before = await countStackRequests(account);
  const walk = await nextWalk(started, await lastWalk(started));
  return { walk, requests: await countStackRequests(account) - before };
}

/** Scrapes every second and watches the memory. */
export async function measureSoak(
  subject: Subject,
  stacks: number,
  seconds: number,
): Promise<SoakFigures> {
  await using account = await Account.start({ stacks, workerPools: 4 });
  await using started = await start(subject, account.url);
  using client = new ScrapeClient(started.port);
  const samples: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const next = pause(1000);
    await client.scrape();
    samples.push(await started.child.rss());
    await next;
  }
  const third = Math.ceil(samples.length / 3);
  return {
    early: median(samples.slice(third, 2 * third)),
    late: median(samples.slice(2 * third)),
    peak: await started.child.peakRss(),
  };
}

/** How often each operation was requested while `scrapers` scraped at once. */
export async function measureSharing(
  subject: Subject,
  scrapers: number,
): Promise<Map<string, number>> {
  await using account = await Account.start({ stacks: 0, workerPools: 25, delay: 500 });
  await using started = await start(subject, account.url);
  const clients = Array.from({ length: scrapers }, () => new ScrapeClient(started.port));
  await clients[0]?.scrape();
  const before = await account.requests();
  await Promise.all(clients.map((client) => client.scrape()));
  const after = await account.requests();
  for (const client of clients) client[Symbol.dispose]();
  return new Map(
    [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
      .filter(([name, count]) => count > 0 && !name.includes("Stack")),
  );
}

/** Waits for a walk that began after `previous`, in Unix seconds, and gives its duration. */
async function nextWalk({ port }: Started, previous: number): Promise<number> {
  using client = new ScrapeClient(port);
  for (;;) {
    await pause(500);
    const exposition = await client.text();
    if ((valueOf(exposition, LAST_WALK) ?? 0) > previous) {
      return valueOf(exposition, WALK_DURATION) ?? NaN;
    }
  }
}

async function lastWalk({ port }: Started): Promise<number> {
  using client = new ScrapeClient(port);
  return valueOf(await client.text(), LAST_WALK) ?? 0;
}

async function countStackRequests(account: Account): Promise<number> {
  const counts = await account.requests();
  return (counts.get("PrometheusExporter_Stacks") ?? 0) +
    (counts.get("PrometheusExporter_StackDrift") ?? 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
