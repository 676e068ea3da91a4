import { readSecretFile } from "../../src/app/credentials.ts";
import { createExporter, type Exporter } from "../../src/app/exporter.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import { createHandler } from "../../src/http/handler.ts";
import type { Format } from "../../src/metrics/write_family.ts";
import { Secret } from "../../src/secret.ts";
import { saasAccount } from "../support/accounts.ts";
import { type CapturedLog, captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { startTestServer, type TestServer } from "../support/start_test_server.ts";
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
  readonly exporter: Exporter;
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
    exporter: Exporter;
    clock: Clock;
    server: TestServer;
    secretFile: string;
    proxy: FaultyProxy | undefined;
    resources: AsyncDisposableStack;
  }) {
    this.demo = parts.demo;
    this.log = parts.log;
    this.exporter = parts.exporter;
    this.clock = parts.clock;
    this.port = parts.server.port;
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
    const settings = readSettings(options);
    const clock = options.clock?.() ?? systemClock;
    const exporter = createExporter(
      {
        url: new URL(proxy?.server.url ?? await options.url?.(demo) ?? demo.url),
        key: {
          id: demo.apiKey.id,
          secret: () => options.secretFile ? readSecretFile(secretFile) : Promise.resolve(inMemory),
        },
        caCertificates: await options.caCertificates?.() ?? [],
      },
      settings,
      clock,
    );
    building.defer(() => exporter.close());
    const handler = createHandler({
      scraper: exporter.scraper,
      scrapeTimeout: settings.exporter.scrapeTimeout,
      isDraining: () => false,
      status: () => exporter.status(),
    });
    const server = building.use(await startTestServer(handler, 512));
    const stopping = new AbortController();
    const background = exporter.background(stopping.signal);
    building.defer(async () => {
      stopping.abort();
      await background;
    });
    const resources = building.move();
    return new Stage({ demo, log, exporter, clock, server, secretFile, proxy, resources });
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

  /** Resolves once the first walk over the stacks has ended, well or not. */
  async walked(): Promise<void> {
    const stacks = this.exporter.scraper.sources.find(({ collector }) =>
      collector.name === "stacks"
    );
    await eventually(
      () => stacks === undefined || stacks.peek().duration !== undefined,
      "the walk over the stacks did not end",
    );
  }

  /** Closes something else together with the stage. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    return this.#resources.use(resource);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

function readSettings({ flags = [], stacks = false, partial }: {
  flags?: readonly string[];
  stacks?: boolean;
  partial: boolean;
}) {
  const parsed = parseArguments([
    "demo",
    "--max-staleness=0",
    `--collector.stacks=${stacks}`,
    `--partial-scrapes=${partial}`,
    ...flags,
  ], () => undefined);
  if (parsed.command !== "demo") throw new TypeError("The flags ask for no exporter");
  return parsed.settings;
}
