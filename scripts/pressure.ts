/**
 * Attacks the exporter with hostile clients, on the loopback interface and with 1,024 descriptors,
 * and prints how its scrapers fared meanwhile.
 *
 *     deno task pressure [--seconds 60] [--binary dist/spacelift-promex]
 *
 * Measures the exporter from source, or a binary. Runs on Linux.
 */
import { parseArgs } from "node:util";
import { aborted } from "../src/aborted.ts";
import { sleep, systemClock } from "../src/clock.ts";
import { Account } from "./bench/account.ts";
import { percentile, show } from "./bench/report.ts";
import {
  fromSource,
  limited,
  ScrapeClient,
  start,
  type Started,
  type Subject,
  valueOf,
} from "./bench/subject.ts";
import { markdownTable } from "./docs.ts";
import { say } from "./say.ts";

/** What hostile clients did to an exporter and to those that scraped it meanwhile. */
interface PressureFigures {
  readonly answered: number;
  readonly failed: number;
  /** Milliseconds, of those that were answered. */
  readonly p50: number;
  readonly slowest: number;
  /** MiB: before, the most meanwhile, and a while after. */
  readonly rss: readonly [before: number, during: number, after: number];
  readonly restarts: number;
  /** Open files once the clients have left. */
  readonly descriptors: number;
  /** After SIGTERM. */
  readonly exitCode: number;
}

/** Attacks until it is done or the signal aborts. */
type Attack = (port: number, signal: AbortSignal) => Promise<unknown>;

const REQUEST = new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
const HALF = REQUEST.subarray(0, 30);
const HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
/** How long a client that was dropped stays away, in milliseconds. */
const AWAY = 10_000;

const DESCRIPTORS = 1024;

/** What is done to the exporter, and for which share of the seconds that were asked for. */
const ATTACKS: readonly { what: string; attack: Attack; share: number }[] = [
  { what: "5,000 idle, 2,000 half-sent, 600 stalled", attack: crowd, share: 1 },
  { what: "73 MiB of requests sent ahead", attack: flood, share: 1 },
  { what: "the same, no answer read", attack: deafFlood, share: 1 / 3 },
  { what: "400 that read nothing and ask again", attack: deaf, share: 1 / 3 },
  { what: "10,000 scrapes, 50 at once, some leave", attack: scrapers, share: 1 },
  { what: "200 requests sent ahead", attack: ahead, share: 1 },
];

async function main(args: readonly string[]): Promise<void> {
  const { values: { binary, seconds } } = parseArgs({
    args: [...args],
    options: { seconds: { type: "string", default: "60" }, binary: { type: "string" } },
  });
  const exporter: Subject = binary === undefined
    ? fromSource
    : { name: binary, command: () => [binary, "serve"] };
  const subject = limited(exporter, DESCRIPTORS);
  const rows: string[][] = [];
  for (const { what, attack, share } of ATTACKS) {
    const figures = await measurePressure(subject, attack, Number(seconds) * share);
    rows.push([
      what,
      `${figures.answered} of ${figures.answered + figures.failed}`,
      `${show(figures.p50)} / ${show(figures.slowest)}`,
      figures.rss.map(show).join(" / "),
      String(figures.restarts),
      String(figures.descriptors),
      String(figures.exitCode),
    ]);
    say(`Measured: ${what}`);
  }
  say(markdownTable(
    [
      `Clients of ${subject.name}`,
      "Scrapes answered",
      "p50 / slowest ms",
      "RSS before / during / after MiB",
      "Restarts",
      "Descriptors after",
      "Exit code",
    ],
    rows,
  ));
}

/** More clients than descriptors, most of which send nothing, the rest half a request, or read no answer. */
async function crowd(port: number, signal: AbortSignal): Promise<void> {
  await Promise.all([
    many(5000, (index) => holdAgainAndAgain(port, signal, index, new Uint8Array())),
    many(2000, (index) => holdAgainAndAgain(port, signal, index, HALF)),
    many(600, (index) => holdAgainAndAgain(port, signal, index, REQUEST)),
  ]);
}

/** One client that sends 73 MiB of requests without waiting for an answer, and reads all of them. */
async function flood(port: number, signal: AbortSignal): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const reading = drain(connection);
  const chunk = new TextEncoder().encode(HEALTH.repeat(2000));
  try {
    for (let sent = 0; sent < 73 * 2 ** 20 && !signal.aborted; sent += chunk.length) {
      await writeAll(connection, chunk);
    }
    await Promise.race([reading, aborted(signal)]);
  } catch {
    // The server may drop it.
  }
}

/** The same client, which reads none of its answers. */
async function deafFlood(port: number, signal: AbortSignal): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const chunk = new TextEncoder().encode(HEALTH.repeat(2000));
  const writing = (async () => {
    for (let sent = 0; sent < 73 * 2 ** 20; sent += chunk.length) await writeAll(connection, chunk);
  })().catch(() => {});
  await aborted(signal);
  connection.close();
  await writing;
}

/** Clients that read nothing and send one more request. */
async function deaf(port: number, signal: AbortSignal): Promise<void> {
  await many(400, async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await writeAll(connection, REQUEST).catch(() => {});
    await writeAll(connection, REQUEST).catch(() => {});
    await aborted(signal);
    connection.close();
  });
}

/** 10,000 scrapes, 50 at a time, every hundredth by a client that leaves before it is answered. */
async function scrapers(port: number, signal: AbortSignal): Promise<void> {
  let count = 0;
  await many(50, async () => {
    using client = new ScrapeClient(port);
    while (!signal.aborted && count++ < 10_000) {
      if (count % 100 === 0) {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        await writeAll(connection, REQUEST);
        connection.close();
      }
      await client.scrape();
    }
  });
}

/** 200 scrapes sent ahead on one connection; all of them must be answered. */
async function ahead(port: number): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await writeAll(connection, new TextEncoder().encode(HEALTH.repeat(199)));
  await writeAll(
    connection,
    new TextEncoder().encode(HEALTH.replace("Host", "Connection: close\r\nHost")),
  );
  const answers = (await drain(connection)).match(/HTTP\/1\.1 200 /g)?.length ?? 0;
  if (answers !== 200) throw new Error(`${answers} of 200 requests were answered`);
}

/** Scrapes an exporter twice a second while it is under attack, for at most some seconds. */
async function measurePressure(
  subject: Subject,
  attack: Attack,
  seconds: number,
): Promise<PressureFigures> {
  await using account = await Account.start({ stacks: 5000, workerPools: 10 });
  await using started = await start(subject, account.url);
  const { child, port } = started;
  await scrapeOnce(started);
  const before = await child.rss();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds * 1000);
  let isOver = false;
  const attacking = attack(port, limit.signal).finally(() => isOver = true);
  const times: number[] = [];
  let failed = 0;
  let during = before;
  while (!isOver) {
    const next = new Promise((resolve) => setTimeout(resolve, 500));
    try {
      times.push(await scrapeOnce(started));
    } catch {
      failed++;
    }
    during = Math.max(during, await child.rss());
    await next;
  }
  clearTimeout(timer);
  await attacking;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  using client = new ScrapeClient(port);
  const restarts = valueOf(await client.text(), "spacelift_exporter_listener_restarts_total");
  const figures = {
    answered: times.length,
    failed,
    p50: percentile(times, 0.5),
    slowest: percentile(times, 1),
    rss: [before, during, await child.rss()] as const,
    restarts: restarts ?? NaN,
    descriptors: await child.descriptors(),
  };
  return { ...figures, exitCode: await child.terminate() };
}

async function scrapeOnce({ port }: Started): Promise<number> {
  using client = new ScrapeClient(port);
  const started = performance.now();
  await client.scrape();
  return performance.now() - started;
}

async function holdAgainAndAgain(
  port: number,
  signal: AbortSignal,
  index: number,
  sent: Uint8Array,
): Promise<void> {
  await pause(index % 100 * 50, signal);
  while (!signal.aborted) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      try {
        await writeAll(connection, sent);
        const isStalled = sent === REQUEST;
        await Promise.race([
          aborted(signal),
          isStalled ? pause(AWAY, signal) : connection.read(new Uint8Array(1)),
        ]);
      } finally {
        connection.close();
      }
    } catch {
      // Dropped or refused: comes again later.
    }
    await pause(AWAY * (0.75 + (index % 50) / 100), signal);
  }
}

function many(count: number, work: (index: number) => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

/** Reads to the end and keeps the text of the last megabyte. */
async function drain(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const length = await connection.read(buffer).catch(() => null);
    if (length === null) return text;
    text = (text + decoder.decode(buffer.subarray(0, length))).slice(-(2 ** 20));
  }
}

/** Waits until the time is up or the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(systemClock, ms, signal).catch(() => {});
}

if (import.meta.main) await main(Deno.args);
