import type { Collect, OnTrouble } from "../../../src/collectors/collector.ts";
import { stacks, type StacksSettings } from "../../../src/collectors/stacks/collector.ts";
import { type Account, emptyAccount, type Stack } from "../../../src/demo/api/account.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../../api/simulated_api.ts";
import { type WritableFamily, writeExposition } from "../../../src/metrics/exposition.ts";
import { plainBody } from "../../../src/metrics/gzip.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { joinBytes } from "../../support/join_bytes.ts";
import { parseExposition, seriesOf } from "../../support/parse_exposition.ts";
import { settingsOf } from "../../support/settings_of.ts";
import { startClient, type TestClient } from "../../support/start_client.ts";
import { onlyCollectors, startExporter, type TestExporter } from "../../support/start_exporter.ts";

/** The values of an exposition by series, as `seriesOf` names them. */
export type Series = ReadonlyMap<string, number>;

/** Operations by the names that the API's owners see. */
export const STACKS = "PrometheusExporter_Stacks";
export const DRIFT = "PrometheusExporter_StackDrift";
export const TOTALS = "PrometheusExporter_DriftTotals";

/** An account that holds these stacks. */
export function accountOf(...stacks: Stack[]): Account {
  return { ...emptyAccount(), stacks };
}

/** How long a request may take here, in milliseconds: faked time never gets that far. */
const REQUEST_TIMEOUT = 3600_000;

/** Time that knows whether requests are under way, by the timers of their time-out. */
class RequestClock extends FakeClock {
  readonly #timeout: number;
  #requests = 0;

  constructor(timeout: number) {
    super();
    this.#timeout = timeout;
  }

  get requests(): number {
    return this.#requests;
  }

  override after(ms: number, callback: () => void): () => void {
    const cancel = super.after(ms, callback);
    if (ms !== this.#timeout) return cancel;
    this.#requests++;
    return () => {
      this.#requests--;
      cancel();
    };
  }
}

/** The collector of stacks, and the simulated account that it walks. */
export class StacksSetup implements AsyncDisposable {
  readonly clock: RequestClock = new RequestClock(settingsOf([]).exporter.scrapeTimeout);
  readonly server: SimulatedApi;
  readonly collect: Collect;
  readonly #client: TestClient;

  constructor(
    account: Account,
    options: Partial<StacksSettings> & Partial<SimulatedApiOptions> = {},
  ) {
    const { clock } = this;
    this.server = startSimulatedApi({ clock, account, ...options });
    this.#client = startClient(this.server.url, { clock });
    const { client, instruments } = this.#client;
    const { exporter, stacks: defaults } = settingsOf([]);
    const settings = { exporter, stacks: { ...defaults, ...options } };
    this.collect = stacks.start({
      client,
      clock,
      instruments,
      settings,
      hints: undefined,
      spaces: new Map(),
      hurry: () => {},
    });
  }

  /**
   * One walk; what it found, written and read back by a parser that refuses a series twice. Time
   * moves on whenever the walk waits and no request is under way.
   */
  async walk(onTrouble: OnTrouble = () => {}): Promise<Series> {
    const walk = this.collect(new AbortController().signal, onTrouble);
    let walking = true;
    const ended = () => walking = false;
    walk.then(ended, ended);
    while (walking) {
      await settle();
      if (this.clock.requests === 0 && walking) await this.clock.advanceToNext();
    }
    return read([...(await walk).families]);
  }

  /** How many replies to the operation were counted as bad. */
  async badReplies(operation: string): Promise<number> {
    const { values } = await this.#client.instruments.apiRequestFailures.get();
    return values.find(({ labels }) =>
      labels.operation === operation && labels.reason === "bad_response"
    )?.value ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    await this.server.close();
  }
}

/** A whole exporter with its background walks, and the simulated account that it asks. */
export class ExporterSetup implements AsyncDisposable {
  readonly clock: RequestClock = new RequestClock(REQUEST_TIMEOUT);
  readonly server: SimulatedApi;
  readonly test: TestExporter;

  /** By default with the two collectors that deliver the same families. */
  constructor(
    account: Account,
    options: Partial<SimulatedApiOptions> & {
      readonly collectors?: readonly string[];
      readonly flags?: readonly string[];
    } = {},
  ) {
    const { collectors = ["stacks", "aggregates"], flags = [], ...demo } = options;
    this.test = startExporter({
      account,
      clock: this.clock,
      background: true,
      demo,
      flags: [
        ...onlyCollectors(...collectors),
        `--scrape-timeout=${REQUEST_TIMEOUT}ms`,
        "--no-exporter-metrics",
        ...flags,
      ],
    });
    this.server = this.test.demo;
  }

  /** Lets time pass in which walks take next to none: it stands still while requests are under way. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    const resting = () => this.clock.requests === 0 && this.clock.pending > 0;
    while (this.clock.monotonic() < end) {
      await settle();
      await eventually(resting, "The walks never came to rest");
      await this.clock.advanceToNext(end);
    }
    await eventually(resting, "The walks never came to rest");
  }

  /** One scrape. */
  async scrape(): Promise<Series> {
    const signal = new AbortController().signal;
    const { families } = await this.test.exporter.scraper.scrape(5000, signal);
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

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.test[Symbol.asyncDispose]());
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

function read(families: readonly WritableFamily[]): Series {
  const text = new TextDecoder().decode(joinBytes(plainBody(writeExposition(families, "text"))));
  return seriesOf(parseExposition(text, "text"));
}
