import type { Clock } from "../clock.ts";
import { BackgroundRequests } from "../collectors/background_requests.ts";
import { Hints } from "../collectors/hints.ts";
import { COLLECTORS, type CollectorSettings } from "../collectors/list.ts";
import { Instruments } from "../metrics/instruments.ts";
import { BackgroundSource } from "../scrape/background_source.ts";
import type { Source } from "../scrape/collector_record.ts";
import { CollectorFailures } from "../scrape/health_families.ts";
import { OnScrapeSource } from "../scrape/on_scrape_source.ts";
import { Scraper } from "../scrape/scraper.ts";
import { ServingPolicy } from "../scrape/serving_policy.ts";
import { type NoteOutcome, TroubleLog } from "../scrape/trouble_log.ts";
import { Client } from "../spacelift/client.ts";
import { Endpoint } from "../spacelift/endpoint.ts";
import { type ApiKey, Session } from "../spacelift/session.ts";
import { createTransport, type Transport } from "../spacelift/transport.ts";
import { BUILD } from "../version.ts";

/** The account that an exporter queries. */
export interface AccountAccess {
  readonly url: URL;
  readonly key: ApiKey;
  readonly caCertificates: readonly string[];
  /** Where people open the account, if that differs from its API. */
  readonly accountUrl?: URL | undefined;
  /** Whether the account is simulated. */
  readonly simulated?: boolean;
}

/** How an exporter scrapes; times in milliseconds. */
export interface ScrapeSettings extends CollectorSettings {
  /** The names of the collectors that are switched on. */
  readonly collectors: ReadonlySet<string>;
  /** Undefined when webhooks are off. */
  readonly webhook: unknown;
  readonly exporter: {
    readonly exporterMetrics: boolean;
    readonly maxStaleness: number;
    readonly partialScrapes: boolean;
    readonly scrapeTimeout: number;
  };
}

/** A wired exporter. */
export interface Exporter {
  readonly session: Session;
  readonly client: Client;
  readonly scraper: Scraper;
  readonly instruments: Instruments;
  /** Where the webhook puts its hints; undefined when nobody would take them out again. */
  readonly hints: Hints | undefined;
  /** Runs the background work until the signal aborts. */
  background(signal: AbortSignal): Promise<void>;
  /** The background collectors, for commands that run one round of each. */
  readonly inBackground: readonly Pick<BackgroundSource, "round" | "schedule">[];
  /** The requests of the background collectors. */
  readonly requests: Pick<BackgroundRequests, "lastAnswer">;
  /** Closes the connections to the API. */
  close(): void;
}

/** Wires an exporter for one account. */
export function createExporter(
  account: AccountAccess,
  settings: ScrapeSettings,
  clock: Clock,
  transport: Transport = transportTo(account, clock),
): Exporter {
  const { exporterMetrics, maxStaleness, partialScrapes, scrapeTimeout } = settings.exporter;
  const instruments = new Instruments();
  const { url, simulated = false } = account;
  const endpoint = new Endpoint({ accountUrl: url, transport, clock, instruments });
  const session = new Session({ endpoint, key: account.key, clock, instruments });
  const client = new Client({ endpoint, session, clock });
  const failures = new CollectorFailures([...settings.collectors]);
  const enabled = COLLECTORS.filter(({ name }) => settings.collectors.has(name));
  const inBackground = enabled.filter(({ schedule }) => schedule !== undefined);
  const troubles = new TroubleLog({
    clock,
    background: inBackground.map(({ name }) => name),
  });
  const takesHints = settings.webhook !== undefined && enabled.some((one) => one.takesHints);
  const hints = takesHints ? new Hints(settings.runs.limit) : undefined;
  const spaces = new Map<string, string>();
  const requests = new BackgroundRequests(clock, Math.random, inBackground.length);
  const sources: Source[] = [];
  const background: BackgroundSource[] = [];
  for (const { name, schedule, start } of enabled) {
    let source: BackgroundSource | undefined;
    const hurry = () => source?.hurry();
    const context = { client, clock, instruments, settings, requests, hints, spaces, hurry };
    const collect = start(context);
    if (schedule === undefined) {
      const options = { collect, clock, failures, timeout: scrapeTimeout, maxStaleness };
      sources.push(new OnScrapeSource(name, { ...options, noteOutcome: troubles.note }));
    } else {
      const noteOutcome: NoteOutcome = (collector, failure) => {
        troubles.note(collector, failure);
        troubles.flush();
      };
      const options = { collect, clock, failures, noteOutcome, schedule: schedule(settings) };
      source = new BackgroundSource(name, options);
      sources.push(source);
      background.push(source);
    }
  }
  return {
    session,
    client,
    instruments,
    hints,
    scraper: new Scraper({
      sources,
      clock,
      instruments,
      failures,
      troubles,
      policy: new ServingPolicy({ collectors: enabled, partial: partialScrapes }),
      exporterMetrics,
      version: simulated ? `${BUILD.version}+simulated` : BUILD.version,
    }),
    async background(signal) {
      await Promise.all(background.map((source) => source.run(signal)));
    },
    inBackground: background,
    requests,
    close() {
      session.close();
      transport.close();
    },
  };
}

/** The transport to an account. */
export function transportTo({ url, caCertificates }: AccountAccess, clock: Clock): Transport {
  return createTransport({ url, caCertificates, now: () => clock.wall() });
}
