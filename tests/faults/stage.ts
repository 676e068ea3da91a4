import { readSecretFile } from "../../src/app/credentials.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import { stacks } from "../../src/collectors/stacks/collector.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import type { Format } from "../../src/metrics/write_family.ts";
import { Secret } from "../../src/secret.ts";
import { saasAccount } from "../support/accounts.ts";
import { type CapturedLog, captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import {
  ASKED_ON_SCRAPES,
  onlyCollectors,
  startExporter,
  type TestExporter,
} from "../support/start_exporter.ts";
import { SECRET_CANARY } from "./fault_row.ts";
import { FaultyProxy, type RawFault } from "./faulty_proxy.ts";

/** How a stage is set up; by default with everything but the collector `stacks`, and no memory. */
export interface StageOptions {
  readonly demo?: Partial<SimulatedApiOptions>;
  /** The API's address as the exporter is told it; by default where the API is. */
  readonly url?: (demo: SimulatedApi) => string | Promise<string>;
  readonly caCertificates?: () => Promise<string[]>;
  readonly flags?: readonly string[];
  /** Whether the collector `stacks` takes part. */
  readonly stacks?: boolean;
  /** Whether the secret is in a file. */
  readonly secretFile?: boolean;
  readonly clock?: () => Clock;
}

/** What came of one scrape. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

const ACCEPT = {
  text: "text/plain;version=0.0.4",
  openmetrics: "application/openmetrics-text;version=1.0.0",
};

/** A simulated API, an exporter with its HTTP server, and the exporter's log. */
export class Stage implements AsyncDisposable {
  readonly demo: SimulatedApi;
  readonly log: CapturedLog;
  readonly test: TestExporter;
  readonly clock: Clock;
  readonly port: number;
  /** Where the secret is, for stages with a secret file. */
  readonly secretFile: string;
  /** Stands before the API when there is a raw fault. */
  readonly proxy: FaultyProxy | undefined;
  readonly #resources: AsyncDisposableStack;

  private constructor(parts: {
    demo: SimulatedApi;
    log: CapturedLog;
    test: TestExporter;
    clock: Clock;
    port: number;
    secretFile: string;
    proxy: FaultyProxy | undefined;
    resources: AsyncDisposableStack;
  }) {
    this.demo = parts.demo;
    this.log = parts.log;
    this.test = parts.test;
    this.clock = parts.clock;
    this.port = parts.port;
    this.secretFile = parts.secretFile;
    this.proxy = parts.proxy;
    this.#resources = parts.resources;
  }

  /** Sets up a stage; the API is prepared before anyone asks it. */
  static async start(
    options: StageOptions & {
      partial: boolean;
      prepare?: (demo: SimulatedApi) => void;
      raw?: RawFault | undefined;
    },
  ): Promise<Stage> {
    await using building = new AsyncDisposableStack();
    const log = building.use(captureLog());
    const { raw } = options;
    const demo = building.use(
      startSimulatedApi({
        account: saasAccount(),
        apiKeySecret: SECRET_CANARY,
        ...options.demo,
      }),
    );
    options.prepare?.(demo);
    const proxy = raw && building.use(await FaultyProxy.start(demo.url, raw));
    const secretFile = options.secretFile ? await Deno.makeTempFile() : "";
    if (options.secretFile) {
      await Deno.writeTextFile(secretFile, `${SECRET_CANARY}\n`);
      building.defer(() => Deno.remove(secretFile, { recursive: true }).catch(() => {}));
    }
    const inMemory = new Secret(SECRET_CANARY);
    const clock = options.clock?.() ?? systemClock;
    const test = building.use(startExporter({
      api: demo,
      url: proxy?.server.url ?? await options.url?.(demo) ?? demo.url,
      secret: () => options.secretFile ? readSecretFile(secretFile) : Promise.resolve(inMemory),
      caCertificates: await options.caCertificates?.() ?? [],
      clock,
      background: true,
      flags: [
        "--max-staleness=0",
        ...onlyCollectors(...ASKED_ON_SCRAPES, ...options.stacks ? [stacks.name] : []),
        `--partial-scrapes=${options.partial}`,
        ...options.flags ?? [],
      ],
    }));
    const port = test.listen();
    const resources = building.move();
    return new Stage({ demo, log, test, clock, port, secretFile, proxy, resources });
  }

  /** One scrape over HTTP, as Prometheus makes it. */
  async scrape(
    options: { format?: Format; signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`, {
      headers: { accept: ACCEPT[options.format ?? "text"], ...options.headers },
      signal: options.signal ?? null,
    });
    const text = await response.text();
    return { status: response.status, text, ms: performance.now() - started };
  }

  /** Resolves once the first walk over the stacks has ended, well or not, or is in trouble. */
  async walked(): Promise<void> {
    const isOver = () => {
      const report = this.test.peek(stacks.name);
      return report === undefined || report.duration !== undefined ||
        report.failure !== undefined;
    };
    await eventually(isOver, "the walk over the stacks did not end");
  }

  /** Closes something else together with the stage. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    return this.#resources.use(resource);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
