import process from "node:process";
import { BackgroundRequests } from "../../src/collectors/background_requests.ts";
import { runs } from "../../src/collectors/runs/collector.ts";
import { systemClock } from "../../src/clock.ts";
import { Instruments } from "../../src/metrics/instruments.ts";
import { prepareFamily } from "../../src/metrics/exposition.ts";
import { Secret } from "../../src/secret.ts";
import { Client } from "../../src/spacelift/client.ts";
import { Endpoint } from "../../src/spacelift/endpoint.ts";
import { Session } from "../../src/spacelift/session.ts";
import { type Figure, median } from "./report.ts";

const PAGE = 50;
/** As many as one page can show together with one that is known. */
const NEW = PAGE - 1;
const KEPT = 5000;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 40;
const STATES = ["QUEUED", "PREPARING", "INITIALIZING", "PLANNING", "CONFIRMED", "APPLYING"];

interface RunsOptions {
  readonly stacks: number;
  /** Whether the runs have ended or are under way. */
  readonly ended: boolean;
  /** How many the ledger holds; 5,000 unless given. */
  readonly kept?: number;
}

/** Measures rounds of the collector of runs. */
export async function measureRuns(): Promise<Figure[]> {
  const usual = await measureRounds({ stacks: 300, ended: true });
  const many = await measureRounds({ stacks: 10_000, ended: true, kept: 10_000 });
  const open = await measureRounds({ stacks: 300, ended: false });
  const what = "CPU of a round with 49 new runs";
  return [
    {
      what: `${what}, 5,000 in the ledger`,
      measured: usual.round,
      limit: 20,
      unit: "ms",
    },
    { what: "Requests of that round", measured: usual.requests, limit: 1, unit: "" },
    { what: `${what}, 10,000 series`, measured: many.round, unit: "ms" },
    { what: `${what}, 5,000 under way`, measured: open.round, unit: "ms" },
  ];
}

/** Milliseconds of CPU and requests of a round in which 49 runs are new, its metrics prepared. */
async function measureRounds(options: RunsOptions) {
  const { kept = KEPT } = options;
  const api = new RunsApi(options);
  const collect = startCollector(api, kept);
  const signal = new AbortController().signal;
  const round = async () => {
    const { families } = await collect(signal);
    for (const samples of families) prepareFamily(samples);
  };
  // What the first look finds may have ended before the start, and would not be counted.
  api.add(0);
  await round();
  api.add(kept);
  await round();
  const times: number[] = [];
  let requests = 0;
  for (let n = 0; n < WARM_UP_ROUNDS + ROUNDS; n++) {
    api.add(NEW);
    const asked = api.requests;
    const started = process.cpuUsage();
    await round();
    const { user, system } = process.cpuUsage(started);
    times.push((user + system) / 1000);
    requests = api.requests - asked;
  }
  return { requests, round: median(times.slice(WARM_UP_ROUNDS)) };
}

/** Answers from memory as the API would; what it costs to make a reply is paid before a round. */
class RunsApi {
  requests = 0;
  readonly #stacks: number;
  readonly #ended: boolean;
  readonly #edges: string[] = [];
  readonly #pages = new Map<number, string>();

  constructor({ stacks, ended }: RunsOptions) {
    this.#stacks = stacks;
    this.#ended = ended;
  }

  /** Adds so many runs and makes the pages that a walk may ask for. */
  add(count: number): void {
    for (let n = 0; n < count; n++) this.#edges.unshift(this.#edge(this.#edges.length));
    this.#pages.clear();
    const needed = this.#ended ? count + PAGE : Math.max(this.#edges.length, 1);
    for (let start = 0; start < needed; start += PAGE) {
      const edges = this.#edges.slice(start, start + PAGE);
      const hasNextPage = start + PAGE < this.#edges.length;
      const pageInfo = JSON.stringify({ endCursor: String(start + PAGE), hasNextPage });
      this.#pages.set(
        start,
        `{"data":{"viewer":{"id":"x"},"searchRuns":{"edges":[${edges}],"pageInfo":${pageInfo},"total":${this.#edges.length}}}}`,
      );
    }
  }

  fetch(_input: unknown, init: RequestInit | undefined): Promise<Response> {
    this.requests++;
    const body = String(init?.body);
    if (body.includes("apiKeyUser")) {
      const validUntil = Math.floor(Date.now() / 1000) + 36_000;
      return Promise.resolve(Response.json({ data: { apiKeyUser: { jwt: "x", validUntil } } }));
    }
    const [, after = "0"] = /"after":"(\d+)"/.exec(body) ?? [];
    const headers = { "content-type": "application/json" };
    return Promise.resolve(new Response(this.#pages.get(Number(after)), { headers }));
  }

  close(): void {}

  #edge(index: number): string {
    const timestamp = Math.floor(Date.now() / 1000) + 3600;
    const states = this.#ended ? [...STATES, "FINISHED"] : STATES;
    const history = states.map((state, index) => ({
      state,
      timestamp: timestamp + index,
      terminal: state === "FINISHED",
      stateVersion: index + 1,
    })).reverse();
    const stack = { id: `stack-${index % this.#stacks}`, space: `space-${index % 10}` };
    const run = {
      id: `01RUN${String(index).padStart(21, "0")}`,
      state: states.at(-1),
      type: "TRACKED",
      createdAt: timestamp,
      finished: this.#ended,
      driftDetection: false,
      history,
    };
    return JSON.stringify({ node: { run, stack } });
  }
}

function startCollector(transport: RunsApi, limit: number): ReturnType<typeof runs.start> {
  const clock = systemClock;
  const instruments = new Instruments();
  const accountUrl = new URL("http://account.invalid");
  const endpoint = new Endpoint({ accountUrl, transport, clock, instruments });
  const key = { id: "x", secret: () => Promise.resolve(new Secret("x")) };
  const session = new Session({ endpoint, key, clock, instruments });
  return runs.start({
    client: new Client({ endpoint, session, clock }),
    clock,
    instruments,
    settings: {
      exporter: { scrapeTimeout: 5000 },
      runs: {
        details: false,
        limit,
        lookback: 86_400_000,
        refreshInterval: 30_000,
        seriesLimit: 10_000,
      },
    },
    requests: new BackgroundRequests({ ...clock, after: atOnce }),
    hints: undefined,
    spaces: new Map(),
    hurry: () => {},
  });
}

/** The first look at thousands of runs is paced, for which nobody here need wait. */
function atOnce(_ms: number, callback: () => void): () => void {
  queueMicrotask(callback);
  return () => {};
}
