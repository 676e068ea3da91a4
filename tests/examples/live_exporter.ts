import { webhookHandler } from "../../src/app/webhook.ts";
import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import { Secret } from "../../src/secret.ts";
import { startExporter } from "../support/start_exporter.ts";

/** An exporter that can be scraped over the network, and the API that it asks. */
export interface LiveExporter extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  readonly api: SimulatedApi;
}

/** Starts an exporter, with its background work, for a simulated account. */
export function startLiveExporter(
  api: SimulatedApiOptions,
  options: { flags?: readonly string[]; clock?: Clock } = {},
): LiveExporter {
  const server = startSimulatedApi(api);
  const test = startExporter({
    api: server,
    clock: options.clock ?? systemClock,
    background: true,
    flags: ["--stacks-refresh-interval=5s", ...options.flags ?? []],
  });
  if (test.settings.webhook !== undefined) {
    const secret = () => Promise.resolve(new Secret("never used"));
    webhookHandler(test.exporter, { secret, clock: systemClock });
  }
  return {
    address: `127.0.0.1:${test.listen()}`,
    api: server,
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await server.close();
    },
  };
}
