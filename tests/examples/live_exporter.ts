import { createExporter } from "../../src/app/exporter.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import { answerMetrics } from "../../src/http/metrics_route.ts";
import { Secret } from "../../src/secret.ts";
import { startTestServer } from "../support/start_test_server.ts";
import { settingsOf } from "./settings_of.ts";

/** An exporter that can be scraped over the network, and the API that it asks. */
export interface LiveExporter extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  readonly api: SimulatedApi;
}

/** Starts an exporter, with its background work, for a simulated account. */
export async function startLiveExporter(
  api: SimulatedApiOptions,
  options: { flags?: readonly string[]; clock?: Clock } = {},
): Promise<LiveExporter> {
  const settings = settingsOf(["--stacks-refresh-interval=1s", ...options.flags ?? []]);
  const server = startSimulatedApi(api);
  const key = { id: server.apiKey.id, secret: () => Promise.resolve(new Secret("demo-secret")) };
  const account = { url: new URL(server.url), key, caCertificates: [] };
  const exporter = createExporter(account, settings, options.clock ?? systemClock);
  const { scraper } = exporter;
  const { scrapeTimeout } = settings.exporter;
  const http = await startTestServer((request) =>
    answerMetrics(request, { scraper, scrapeTimeout })
  );
  const stopping = new AbortController();
  const background = exporter.background(stopping.signal);
  return {
    address: `127.0.0.1:${http.port}`,
    api: server,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await background;
      await http[Symbol.asyncDispose]();
      exporter.close();
      await server.close();
    },
  };
}
