import type { Clock } from "../../../src/clock.ts";
import type { Collect } from "../../../src/collectors/collector.ts";
import { Hints } from "../../../src/collectors/hints.ts";
import { runs } from "../../../src/collectors/runs/collector.ts";
import { DemoApi } from "../../../src/demo/api/demo_api.ts";
import { type Run, TERMINAL_STATES } from "../../../src/demo/api/account.ts";
import type { Random } from "../../../src/demo/life/random.ts";
import { Simulation } from "../../../src/demo/life/simulation.ts";
import { Instruments } from "../../../src/metrics/instruments.ts";
import { Secret } from "../../../src/secret.ts";
import { ApiError } from "../../../src/spacelift/api_error.ts";
import { Client } from "../../../src/spacelift/client.ts";
import { Endpoint } from "../../../src/spacelift/endpoint.ts";
import { Session } from "../../../src/spacelift/session.ts";
import { settingsOf } from "../../support/settings_of.ts";
import { SIGNAL } from "../../support/start_client.ts";

/** How many seconds of the account's life are left for what happens while it is asked. */
const LAG = 9;

const START = Date.UTC(2026, 10, 1);

/** Time that moves at once, with a time of day that a host may have wrong. */
class HandClock implements Clock {
  #now = 0;
  /** By how much the host's time of day is wrong, in milliseconds. */
  error = 0;
  /** For how long the account stood still, in milliseconds. */
  frozen = 0;

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.true() + this.error;
  }

  /** The time of day that the account has. */
  true(): number {
    return START + this.#now - this.frozen;
  }

  /** Nothing ever takes so long that it ends. */
  after(): () => void {
    return () => {};
  }

  move(ms: number): void {
    this.#now += ms;
  }
}

/** What is to be known of the runs that ended: counts, and seconds by what they were spent on. */
export interface Truth {
  readonly counts: Map<string, number>;
  active: number;
  queue: number;
  wait: number;
}

/** A simulated account that lives, keeps its own books, and fails as it is told to. */
export class ObservedAccount {
  readonly clock: HandClock = new HandClock();
  readonly api: DemoApi;
  /** Every run that ended, with when it was noted. */
  readonly ended: { readonly run: Run; readonly at: number }[] = [];
  readonly #simulation: Simulation;
  readonly #listeners = new Set<(run: Run) => void>();
  /** The status with which everything is answered while there is an outage. */
  outage: number | undefined;
  requests = 0;

  constructor(seed: number) {
    this.#simulation = new Simulation({
      stacks: 3,
      workerPools: 1,
      workersPerPool: 2,
      seed,
      startedAt: START / 1000,
      onTransition: (run) => this.#note(run),
    });
    this.api = new DemoApi({
      account: () => this.#simulation.account,
      tokenLifetimeSeconds: 3600,
      clock: {
        monotonic: () => this.clock.monotonic(),
        wall: () => this.clock.true(),
        after: () => this.clock.after(),
      },
    });
  }

  /** Calls back at each transition until the result is called. */
  listen(listener: (run: Run) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets the account live, second by second, to a few seconds before now. */
  live(seconds: number): void {
    this.clock.move(seconds * 1000);
    this.catchUp(-LAG);
  }

  /** Lets time pass in which nothing happens in the account. */
  freeze(seconds: number): void {
    this.clock.move(seconds * 1000);
    this.clock.frozen += seconds * 1000;
  }

  /** What is true of the runs that ended since a time, in Unix seconds. */
  truth(since: number): Truth {
    const truth: Truth = { counts: new Map(), active: 0, queue: 0, wait: 0 };
    for (const { run, at } of this.ended) if (at >= since) this.#add(truth, run);
    return truth;
  }

  /** Asks the API without a network. */
  async fetch(input: URL | RequestInfo, init?: RequestInit): Promise<Response> {
    this.requests++;
    if (this.outage !== undefined) {
      throw new ApiError(this.outage === 429 ? "rate_limited" : "unreachable", "Failed on purpose");
    }
    const reply = await this.api.answer(new Request(input, init));
    return reply;
  }

  /** Lets the account live on to a moment relative to now, in seconds. */
  catchUp(seconds = 0): void {
    this.#simulation.advanceTo(this.clock.true() / 1000 + seconds);
  }

  #note(run: Run): void {
    const last = run.history.at(-1);
    if (last !== undefined && TERMINAL_STATES.has(last.state)) {
      this.ended.push({ run, at: last.timestamp });
    }
    for (const listener of this.#listeners) listener(run);
  }

  #add(truth: Truth, run: Run): void {
    const state = run.history.at(-1)?.state ?? "";
    const stack = this.#simulation.account.stacks.find(({ id }) => id === run.stackId);
    const key =
      `spacelift_runs_total{drift_detection="${run.driftDetection}",space="${stack?.space}",stack="${run.stackId}",state="${state}",type="${run.type}"}`;
    truth.counts.set(key, (truth.counts.get(key) ?? 0) + 1);
    for (const [index, { state, timestamp }] of run.history.entries()) {
      const seconds = (run.history[index + 1]?.timestamp ?? timestamp) - timestamp;
      if (state === "QUEUED") truth.queue += seconds;
      else if (state === "UNCONFIRMED" || state === "PENDING_REVIEW") truth.wait += seconds;
      else truth.active += seconds;
    }
  }
}

/** An exporter's collector of runs that observes an account, in rounds that a test calls for. */
export class Observer {
  readonly hints: Hints | undefined;
  /** When it began to observe, in Unix seconds. */
  readonly since: number;
  readonly #collect: Collect;
  #found: Truth | undefined;

  constructor(account: ObservedAccount, options: {
    readonly webhook?: boolean;
    /** Whether the server lists runs. */
    readonly search?: boolean;
    readonly random: Random;
  }) {
    const { clock } = account;
    account.catchUp();
    this.since = account.clock.true() / 1000;
    const instruments = new Instruments();
    const transport = {
      fetch: async (input: URL | RequestInfo, init?: RequestInit) => {
        if (options.search === false && String(init?.body).includes("searchRuns")) {
          throw new ApiError("unsupported", "Cannot query field");
        }
        const reply = await account.fetch(input, init);
        // What was created meanwhile shifts the next page.
        account.catchUp(-options.random.integer(0, LAG));
        return reply;
      },
      close: () => {},
    };
    const accountUrl = new URL("http://account.invalid");
    const endpoint = new Endpoint({ accountUrl, transport, clock, instruments });
    const key = { id: "demo-key", secret: () => Promise.resolve(new Secret("demo-secret")) };
    const session = new Session({ endpoint, key, clock, instruments });
    const client = new Client({ endpoint, session, clock });
    this.hints = options.webhook ? new Hints(5000) : undefined;
    const settings = settingsOf(["--runs-refresh-interval=20m"]);
    this.#collect = runs.start({
      client,
      clock,
      instruments,
      settings,
      hints: this.hints,
      spaces: new Map(),
      hurry: () => {},
    });
  }

  /** What the last round that succeeded delivered. */
  get found(): Truth | undefined {
    return this.#found;
  }

  /** One round, which may fail. */
  async round(): Promise<void> {
    try {
      const { families } = await this.#collect(SIGNAL);
      const found: Truth = { counts: new Map(), active: 0, queue: 0, wait: 0 };
      for (const { family, samples } of families) {
        for (const { value, labelValues, part } of samples) {
          if (family.name === "spacelift_runs_total" && value > 0) {
            const labels = family.labels.map((label, index) => `${label}="${labelValues[index]}"`);
            found.counts.set(`${family.name}{${labels}}`, value);
          }
          const [, kind] = /^spacelift_run_(active|queue|wait)_seconds$/.exec(family.name) ?? [];
          if (part?.suffix !== "_sum") continue;
          if (kind === "active" || kind === "queue" || kind === "wait") found[kind] += value;
        }
      }
      this.#found = found;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
