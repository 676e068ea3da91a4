import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";
import {
  type DemoServer,
  type DemoServerOptions,
  startDemoServer,
} from "../../src/demo/api/server.ts";
import { startExporter } from "../support/start_exporter.ts";

/** An exporter that can be scraped over the network, and the API that it asks. */
export interface LiveExporter extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  readonly api: DemoServer;
}

/** Starts an exporter, with its background work, for a simulated account. */
export function startLiveExporter(
  api: DemoServerOptions,
  options: { flags?: readonly string[]; clock?: Clock } = {},
): LiveExporter {
  const server = startDemoServer(api);
  const test = startExporter({
    api: server,
    clock: options.clock ?? systemClock,
    background: true,
    flags: ["--stacks-refresh-interval=1s", ...options.flags ?? []],
  });
  return {
    address: `127.0.0.1:${test.listen()}`,
    api: server,
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]();
      await server.close();
    },
  };
}
