import type { Collect } from "../../../src/collectors/collector.ts";
import { Hints } from "../../../src/collectors/hints.ts";
import { runs, type RunsSettings } from "../../../src/collectors/runs/collector.ts";
import type { RunsOverview } from "../../../src/collectors/runs/overview.ts";
import { type Account, emptyAccount, type Run } from "../../../src/demo/api/account.ts";
import { plainRun, plainStack, TERMINAL_STATES } from "../../../src/demo/api/account.ts";
import { writeExposition } from "../../../src/metrics/exposition.ts";
import { plainBody } from "../../../src/metrics/gzip.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../../api/simulated_api.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { joinBytes } from "../../support/join_bytes.ts";
import { parseExposition, seriesOf } from "../../support/parse_exposition.ts";
import { settingsOf } from "../../support/settings_of.ts";
import { SIGNAL, startClient, type TestClient } from "../../support/start_client.ts";

/** Operations by the names that the API's owners see. */
export const PAGE = "PrometheusExporter_Runs";
export const BY_ID = "PrometheusExporter_RunsById";

/** Options of the collector, of the API, and of what stands around both. */
export type SetupOptions = Partial<RunsSettings> & Partial<SimulatedApiOptions> & {
  /** Whether a webhook is listened for. */
  readonly webhook?: boolean;
  /** Time of day at the start, in milliseconds since the Unix epoch. */
  readonly wall?: number;
  /** Runs that the account has at the start. */
  readonly runs?: Run[];
};

/** The collector of runs, and the simulated account that it asks. */
export class RunsSetup implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly account: Account;
  readonly server: SimulatedApi;
  readonly hints: Hints | undefined;
  readonly spaces: Map<string, string> = new Map();
  /** How often the collector asked for an early round. */
  hurries = 0;
  readonly #collect: Collect;
  readonly #client: TestClient;

  constructor(options: SetupOptions = {}) {
    const clock = this.clock = new FakeClock(options.wall);
    this.account = {
      ...emptyAccount(),
      runs: options.runs ?? [],
      stacks: [plainStack("a"), { ...plainStack("b"), space: "network" }],
    };
    this.server = startSimulatedApi({ clock, account: () => this.account, ...options });
    this.#client = startClient(this.server.url, { clock });
    const { client, instruments } = this.#client;
    const { exporter, runs: defaults } = settingsOf([]);
    const settings = { exporter, runs: { ...defaults, ...options } };
    this.hints = options.webhook ? new Hints(settings.runs.limit) : undefined;
    this.#collect = runs.start({
      client,
      clock,
      instruments,
      settings,
      hints: this.hints,
      spaces: this.spaces,
      hurry: () => this.hurries++,
    });
  }

  /** The simulated account's time, in Unix seconds. */
  get now(): number {
    return Math.floor(this.clock.wall() / 1000);
  }

  /** A run of the stack `a` that has just been created. */
  create(id: string, changes: Partial<Run> = {}): Run {
    const run = { ...plainRun(id, "a", []), createdAt: this.now, ...changes };
    this.account.runs.push(run);
    this.enter(run, "QUEUED");
    return run;
  }

  /** Brings a run into a state. */
  enter(run: Run, state: string): void {
    const terminal = TERMINAL_STATES.has(state);
    run.history.push({ state, terminal, timestamp: this.now, username: null });
  }

  /** One round; the series that it delivers. */
  async round(): Promise<Map<string, number>> {
    const { families } = await this.#collect(SIGNAL);
    const bytes = joinBytes(plainBody(writeExposition([...families], "text")));
    return seriesOf(parseExposition(new TextDecoder().decode(bytes), "text"));
  }

  /** One round; what it tells people. */
  async overview(): Promise<RunsOverview> {
    const { overview } = await this.#collect(SIGNAL);
    return overview as RunsOverview;
  }

  /** Lets time pass, then one round: by default more time than any series is held back. */
  async roundAfter(ms = 61_000): Promise<Map<string, number>> {
    await this.clock.advance(ms);
    return await this.round();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    await this.server.close();
  }
}

/** The name of a series of the counter of runs of the stack `a`. */
export function counted(
  state: string,
  labels: { type?: string; stack?: string; space?: string; drift?: string } = {},
): string {
  const { type = "TRACKED", stack = "a", space = "root", drift = "false" } = labels;
  return `spacelift_runs_total{drift_detection="${drift}",space="${space}",stack="${stack}",state="${state}",type="${type}"}`;
}

/** The counts of runs that are not 0, by the names of their series. */
export function countsOf(series: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...series].filter(([name, value]) => name.startsWith("spacelift_runs_total{") && value > 0),
  );
}
