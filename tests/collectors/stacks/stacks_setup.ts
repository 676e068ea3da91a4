import { createExporter, type Exporter } from "../../../src/app/exporter.ts";
import { type ExporterSettings, parseArguments } from "../../../src/cli/parse.ts";
import { StacksCollector, type StacksOptions } from "../../../src/collectors/stacks/collector.ts";
import { type Account, emptyAccount, type Stack } from "../../../src/demo/api/account.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../../api/simulated_api.ts";
import { plainBody } from "../../../src/http/body.ts";
import { joinBytes } from "../../support/join_bytes.ts";
import { type WritableFamily, writeExposition } from "../../../src/metrics/exposition.ts";
import { Instruments } from "../../../src/metrics/instruments.ts";
import { Secret } from "../../../src/secret.ts";
import { Client } from "../../../src/spacelift/client.ts";
import { Endpoint } from "../../../src/spacelift/endpoint.ts";
import { Session } from "../../../src/spacelift/session.ts";
import { createTransport, type Transport } from "../../../src/spacelift/transport.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../../support/parse_exposition.ts";

/** The values of an exposition by series, as `seriesOf` names them. */
export type Series = ReadonlyMap<string, number>;

/** Operations by the names that the API's owners see. */
export const STACKS = "PrometheusExporter_Stacks";
export const DRIFT = "PrometheusExporter_StackDrift";

/** An account that holds these stacks. */
export function accountOf(...stacks: Stack[]): Account {
  return { ...emptyAccount(), stacks };
}

/** A collector of stacks, and the simulated account that it walks. */
export class StacksSetup implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly server: SimulatedApi;
  readonly collector: StacksCollector;
  readonly client: Client;
  readonly #transport: Transport;
  readonly #instruments = new Instruments();

  constructor(
    account: Account,
    options: Partial<StacksOptions> & Partial<SimulatedApiOptions> = {},
  ) {
    const { clock } = this;
    this.server = startSimulatedApi({ clock, account, ...options });
    this.#transport = createTransport({ caCertificates: [], now: () => clock.wall() });
    const accountUrl = new URL(this.server.url);
    const parts = { clock, instruments: this.#instruments };
    const endpoint = new Endpoint({ accountUrl, transport: this.#transport, ...parts });
    const session = new Session({ endpoint, key: KEY, ...parts });
    this.client = new Client({ endpoint, session, clock });
    this.collector = new StacksCollector({
      pageSize: 50,
      limit: 20_000,
      driftLimit: 200,
      details: false,
      spaces: [],
      labels: [],
      pageTimeout: 5000,
      maxStaleness: 600_000,
      ...options,
      clock,
    });
  }

  /** One walk; what it found, written and read back by a parser that refuses a series twice. */
  async walk(): Promise<Series> {
    const families = await this.collector.collect(this.client, new AbortController().signal);
    return read(families);
  }

  /** How many replies to the operation were counted as bad. */
  async badReplies(operation: string): Promise<number> {
    const { values } = await this.#instruments.apiRequestFailures.get();
    return values.find(({ labels }) =>
      labels.operation === operation && labels.reason === "bad_response"
    )?.value ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close();
    await this.server.close();
  }
}

/** How long a request may take here, in milliseconds: faked time never gets that far. */
const REQUEST_TIMEOUT = 3600_000;

/** Time that knows whether requests are under way. */
class RequestClock extends FakeClock {
  #requests = 0;

  get requests(): number {
    return this.#requests;
  }

  override after(ms: number, callback: () => void): () => void {
    const cancel = super.after(ms, callback);
    if (ms !== REQUEST_TIMEOUT) return cancel;
    this.#requests++;
    return () => {
      this.#requests--;
      cancel();
    };
  }
}

/** A whole exporter with its background walks, and the simulated account that it asks. */
export class ExporterSetup implements AsyncDisposable {
  readonly clock: RequestClock = new RequestClock();
  readonly server: SimulatedApi;
  readonly exporter: Exporter;
  readonly #stopping = new AbortController();
  readonly #background: Promise<void>;

  constructor(
    account: Account,
    options: SettingsOptions & Partial<SimulatedApiOptions> = {},
  ) {
    const { clock } = this;
    this.server = startSimulatedApi({ clock, account, ...options });
    const access = { url: new URL(this.server.url), key: KEY, caCertificates: [] };
    this.exporter = createExporter(access, readSettings(options), clock);
    this.#background = this.exporter.background(this.#stopping.signal);
  }

  /** Lets time pass in which walks take next to none: it stands still while requests are under way. */
  async pass(ms: number): Promise<void> {
    const step = 5000;
    for (let rest = ms; rest > 0; rest -= step) {
      await this.clock.advance(Math.min(rest, step));
      const resting = () => this.clock.requests === 0 && this.clock.pending > 0;
      await eventually(resting, "The walks never came to rest");
    }
  }

  /** One scrape. */
  async scrape(): Promise<Series> {
    const signal = new AbortController().signal;
    const { families } = await this.exporter.scraper.scrape(5000, signal);
    return read(families ?? []);
  }

  /** Scrapes until that shows what is wanted. */
  async scrapeUntil(condition: (series: Series) => boolean, wanted: string): Promise<Series> {
    for (let tries = 0; tries < 1000; tries++) {
      const series = await this.scrape();
      if (condition(series)) return series;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`No scrape showed ${wanted}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#background;
    this.exporter.close();
    await this.server.close();
  }
}

/** The series of one family. */
export function familyOf(series: Series, name: string): Map<string, number> {
  return new Map(
    [...series].filter(([key]) => key === name || key.startsWith(`${name}{`))
      .map(([key, value]) => [key.slice(name.length), value]),
  );
}

/** The sums of a family's values by its label `state`, as Prometheus's `sum by (state)` gives them. */
export function sumByState(series: Series, name: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [labels, value] of familyOf(series, name)) {
    const state = /[{,]state="([^"]*)"/.exec(labels)?.[1] ?? "";
    sums[state] = (sums[state] ?? 0) + value;
  }
  return sums;
}

const KEY = { id: "demo-key", secret: () => Promise.resolve(new Secret("demo-secret")) };

interface SettingsOptions {
  readonly collectors?: ReadonlySet<string>;
  readonly flags?: readonly string[];
}

/** Settings of an exporter, by default with two collectors that deliver the same families. */
function readSettings({ collectors, flags = [] }: SettingsOptions): ExporterSettings {
  const args = ["demo", "--scrape-timeout=1h", "--no-exporter-metrics", ...flags];
  const parsed = parseArguments(args, () => undefined);
  if (parsed.command !== "demo") throw new TypeError("The flags ask for no exporter");
  return { ...parsed.settings, collectors: collectors ?? new Set(["stacks", "aggregates"]) };
}

function read(families: readonly WritableFamily[]): Series {
  const text = new TextDecoder().decode(joinBytes(plainBody(writeExposition(families, "text"))));
  return seriesOf(parseExposition(text, "text"));
}
