import { createExporter, type Exporter } from "../../src/app/exporter.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import type { Clock } from "../../src/clock.ts";
import type { Account } from "../../src/demo/api/account.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import { createHandler } from "../../src/http/handler.ts";
import type { Handler } from "../../src/http/answer.ts";
import { Secret } from "../../src/secret.ts";
import { FakeClock } from "./fake_clock.ts";

/** An exporter and the simulated account that it asks, both in this process. */
export interface TestExporter extends AsyncDisposable {
  readonly demo: SimulatedApi;
  readonly exporter: Exporter;
  readonly handler: Handler;
  /** Asks the handler as a client on the network would; the path may be left out. */
  get(headers?: Record<string, string>, path?: string): Promise<Response>;
}

/** Collectors that ask on each scrape, as flags. */
const ON_SCRAPE_ONLY = "--no-collector.stacks";

/** Starts an exporter with the settings of a command line, without its background work. */
export function startExporter(options: {
  account: Account;
  /** Flags beside the one that turns off the collector in the background. */
  flags?: readonly string[];
  demo?: Partial<SimulatedApiOptions>;
  clock?: Clock;
  isDraining?: () => boolean;
}): TestExporter {
  const { account, flags = [], clock = new FakeClock() } = options;
  const demo = startSimulatedApi({ account, clock, ...options.demo });
  const settings = readSettings([ON_SCRAPE_ONLY, ...flags]);
  const secret = new Secret(options.demo?.apiKeySecret ?? "demo-secret");
  const access = {
    url: new URL(demo.url),
    key: { id: demo.apiKey.id, secret: () => Promise.resolve(secret) },
    caCertificates: [],
  };
  const exporter = createExporter(access, settings, clock);
  const handler = createHandler({
    scraper: exporter.scraper,
    scrapeTimeout: settings.exporter.scrapeTimeout,
    status: () => exporter.status(),
    isDraining: options.isDraining ?? (() => false),
  });
  return {
    demo,
    exporter,
    handler,
    get: (headers = {}, path = "/metrics") =>
      handler(new Request(`http://exporter.invalid${path}`, { headers })),
    async [Symbol.asyncDispose]() {
      exporter.close();
      await demo.close();
    },
  };
}

function readSettings(flags: readonly string[]) {
  const parsed = parseArguments(["demo", ...flags], () => undefined);
  if (parsed.command !== "demo") throw new TypeError("The flags ask for no exporter");
  return parsed.settings;
}
