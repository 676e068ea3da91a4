import type { ExporterSettings } from "../cli/parse.ts";
import type { Clock } from "../clock.ts";
import { aggregates } from "../collectors/aggregates.ts";
import type { Collector } from "../collectors/collector.ts";
import { publicWorkerPool } from "../collectors/public_worker_pool.ts";
import { StacksCollector } from "../collectors/stacks/collector.ts";
import { usage } from "../collectors/usage.ts";
import { workerPools } from "../collectors/worker_pools.ts";
import { Instruments } from "../metrics/instruments.ts";
import type { Status } from "../status/page.ts";
import { BackgroundSource } from "../scrape/background_source.ts";
import { CollectorFailures } from "../scrape/collector_failures.ts";
import { OnScrapeSource } from "../scrape/on_scrape_source.ts";
import { Scraper } from "../scrape/scraper.ts";
import type { Source } from "../scrape/source.ts";
import { Client } from "../spacelift/client.ts";
import { Endpoint } from "../spacelift/endpoint.ts";
import { type ApiKey, Session } from "../spacelift/session.ts";
import { createTransport } from "../spacelift/transport.ts";

/** The account that an exporter asks. */
export interface AccountAccess {
  readonly url: URL;
  readonly key: ApiKey;
  readonly caCertificates: readonly string[];
}

/** A wired exporter. */
export interface Exporter {
  readonly session: Session;
  readonly scraper: Scraper;
  /** What is in memory, for people to look at. */
  status(): Status;
  /** Runs what goes on without scrapes until the signal aborts. */
  background(signal: AbortSignal): Promise<void>;
  /** Closes the connections to the API. */
  close(): void;
}

/** Wires an exporter for one account. */
export function createExporter(
  account: AccountAccess,
  settings: ExporterSettings,
  clock: Clock,
): Exporter {
  const instruments = new Instruments();
  const { caCertificates } = account;
  const transport = createTransport({ caCertificates, now: () => clock.wall() });
  const endpoint = new Endpoint({ accountUrl: account.url, transport, clock, instruments });
  const session = new Session({ endpoint, key: account.key, clock, instruments });
  const client = new Client({ endpoint, session, clock });
  const failures = new CollectorFailures([...settings.collectors]);
  const common = { client, clock, failures };
  const stacksCollector = createStacksCollector(settings, clock);
  const stacks = new BackgroundSource(stacksCollector, {
    ...common,
    interval: settings.stacks.refreshInterval,
    maxStaleness: settings.stacks.maxStaleness,
  });
  const onScrape = (collector: Collector) =>
    new OnScrapeSource(collector, {
      ...common,
      timeout: settings.exporter.scrapeTimeout,
      maxStaleness: settings.exporter.maxStaleness,
    });
  // In this order: a family is served by the first source that delivered it.
  const sources: Source[] = [
    onScrape(publicWorkerPool),
    onScrape(workerPools),
    onScrape(usage),
    stacks,
    onScrape(aggregates),
  ].filter(({ collector }) => settings.collectors.has(collector.name));
  return {
    session,
    scraper: new Scraper({
      sources,
      clock,
      instruments,
      failures,
      partial: settings.exporter.partialScrapes,
      exporterMetrics: settings.exporter.exporterMetrics,
    }),
    status: () => ({
      account: account.url.host,
      reports: sources.map((source) => source.peek()),
      overview: stacks.peek().data === undefined ? undefined : stacksCollector.overview,
      now: clock.wall() / 1000,
    }),
    background: async (signal) => {
      if (sources.includes(stacks)) await stacks.run(signal);
    },
    close: () => transport.close(),
  };
}

function createStacksCollector(settings: ExporterSettings, clock: Clock): StacksCollector {
  return new StacksCollector({
    clock,
    pageSize: settings.stacks.pageSize,
    limit: settings.stacks.limit,
    driftLimit: settings.stacks.driftLimit,
    details: settings.stacks.details,
    spaces: settings.stacks.space,
    labels: settings.stacks.label,
    pageTimeout: settings.exporter.scrapeTimeout,
    maxStaleness: settings.stacks.maxStaleness,
  });
}
