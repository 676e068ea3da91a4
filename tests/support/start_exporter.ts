import { createExporter, type Exporter } from "../../src/app/exporter.ts";
import { exporterHandler } from "../../src/app/serve.ts";
import type { ExporterSettings } from "../../src/cli/parse.ts";
import type { Clock } from "../../src/clock.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { type Account, emptyAccount } from "../../src/demo/api/account.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import type { Route } from "../../src/http/routes.ts";
import type { Report } from "../../src/scrape/collector_record.ts";
import { Secret } from "../../src/secret.ts";
import { FakeClock } from "./fake_clock.ts";
import { requestsUnderWay } from "./requests_under_way.ts";
import { settingsOf } from "./settings_of.ts";
import { startTestServer } from "./start_test_server.ts";

/** An exporter in this process, and the simulated account that it asks. */
export interface TestExporter extends AsyncDisposable {
  readonly demo: SimulatedApi;
  readonly exporter: Exporter;
  readonly settings: ExporterSettings;
  readonly clock: Clock;
  readonly handler: Route;
  /** Asks the handler as a client on the network would; the path may be left out. */
  get(headers?: Record<string, string>, path?: string): Promise<Response>;
  /** Puts the handler on a free port until the exporter is disposed of, and returns the port. */
  listen(): number;
  /** What is known of a collector without asking anyone. */
  peek(collector: string): Report | undefined;
}

/** How an exporter is started. */
export interface ExporterOptions {
  readonly account?: Account;
  /** Flags of the command line, after those that the harness gives. */
  readonly flags?: readonly string[];
  readonly demo?: Partial<SimulatedApiOptions>;
  /** A simulated account that is already there, and that stays. */
  readonly api?: SimulatedApi;
  readonly clock?: Clock;
  /** Whether collectors in the background take part. */
  readonly background?: boolean;
  readonly isDraining?: () => boolean;
  /** Where the exporter believes the API to be, and what it knows of it. */
  readonly url?: string;
  readonly secret?: () => Promise<Secret>;
  readonly caCertificates?: readonly string[];
  /** What happens to the simulated account before the exporter starts. */
  readonly prepare?: (demo: SimulatedApi) => void;
}

/** The names of the collectors that are asked on scrapes, in their order. */
export const ASKED_ON_SCRAPES: readonly string[] = COLLECTORS
  .filter(({ schedule }) => schedule === undefined)
  .map(({ name }) => name);

const ON_SCRAPE_ONLY = onlyCollectors(...ASKED_ON_SCRAPES);

/** Flags that leave on only these collectors. */
export function onlyCollectors(...names: readonly string[]): string[] {
  return COLLECTORS.map(({ name }) => `--collector.${name}=${names.includes(name)}`);
}

/** Starts an exporter with the settings of a command line. */
export function startExporter(options: ExporterOptions): TestExporter {
  const { clock = new FakeClock(), background = false, flags = [] } = options;
  const demo = options.api ??
    startSimulatedApi({ account: options.account ?? emptyAccount(), clock, ...options.demo });
  options.prepare?.(demo);
  const settings = settingsOf([...background ? [] : ON_SCRAPE_ONLY, ...flags]);
  const inMemory = new Secret(options.demo?.apiKeySecret ?? "demo-secret");
  const account = {
    url: new URL(options.url ?? demo.url),
    key: { id: demo.apiKey.id, secret: options.secret ?? (() => Promise.resolve(inMemory)) },
    caCertificates: options.caCertificates ?? [],
  };
  const exporter = createExporter(account, settings, clock);
  const isDraining = options.isDraining ?? (() => false);
  const handler = exporterHandler(exporter, { account, settings, clock, isDraining });
  const resources = new AsyncDisposableStack();
  if (clock instanceof FakeClock && account.url.href === new URL(demo.url).href) {
    const isAtWork = () => requestsUnderWay(exporter.instruments) > demo.held;
    resources.defer(clock.standStillWhile(isAtWork));
  }
  if (options.api === undefined) resources.use(demo);
  resources.defer(() => exporter.close());
  if (background) {
    const stopping = new AbortController();
    const running = exporter.background(stopping.signal);
    resources.defer(async () => {
      stopping.abort();
      await running;
    });
  }
  return {
    demo,
    exporter,
    settings,
    clock,
    handler,
    get: async (headers = {}, path = "/metrics") =>
      await handler(new Request(`http://exporter.invalid${path}`, { headers })),
    listen: () => resources.use(startTestServer(handler)).port,
    peek: (name) => exporter.scraper.peek().find(({ collector }) => collector === name),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
