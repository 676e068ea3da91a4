import { systemClock } from "../clock.ts";
import type { Handler } from "../http/answer.ts";
import { createHandler } from "../http/handler.ts";
import { formatListenAddress } from "../listen_address.ts";
import { type Server, startServer } from "../http/server.ts";
import { log } from "../log.ts";
import { KeyRejected } from "../spacelift/session.ts";
import { describeBuild } from "../version.ts";
import { authenticate } from "./authenticate.ts";
import { type AccountAccess, createExporter } from "./exporter.ts";
import type { Signals } from "./io.ts";
import type { ExporterSettings } from "../cli/parse.ts";
import { quote, UsageError } from "../cli/usage_error.ts";

/** How many connections may be open at once. */
const MAX_CONNECTIONS = 512;

/** How long scrapes may go on after the first signal, in milliseconds. */
const DRAIN_TIME = 5_000;

/**
 * Runs an exporter until a signal or the API's rejection of the key ends it, and returns the exit
 * code; throws `UsageError` when it cannot listen.
 */
export async function runExporter(
  account: AccountAccess,
  settings: ExporterSettings,
  signals: Signals,
): Promise<number> {
  const stopping = new AbortController();
  const clock = systemClock;
  const exporter = createExporter(account, settings, clock);
  const handler = createHandler({
    scraper: exporter.scraper,
    scrapeTimeout: settings.exporter.scrapeTimeout,
    status: () => exporter.status(),
    isDraining: () => stopping.signal.aborted,
  });
  const server = await listen(settings, handler);
  log.info("Listening", {
    address: formatListenAddress(server.address),
    version: describeBuild(),
    account: account.url.host,
    collectors: [...settings.collectors],
  });
  const hurry = Promise.withResolvers<void>();
  using _signals = signals((name) => {
    if (stopping.signal.aborted) return hurry.resolve();
    stopping.abort();
    log.info("Shutting down", { signal: name });
  });
  const background = exporter.background(stopping.signal);
  const exitCode = await authenticate(exporter.session, {
    clock,
    timeout: settings.exporter.scrapeTimeout,
    signal: stopping.signal,
  }).then(() => aborted(stopping.signal)).then(() => 0, (error) => {
    if (error instanceof KeyRejected) return explainRejection(error);
    if (stopping.signal.aborted) return 0;
    throw error;
  });
  stopping.abort();
  await Promise.race([Promise.all([server.drain(DRAIN_TIME), background]), hurry.promise]);
  exporter.close();
  return exitCode;
}

async function listen(
  settings: ExporterSettings,
  handler: Handler,
): Promise<Server> {
  const { listenAddress: address } = settings.exporter;
  try {
    return await startServer({ address, maxConnections: MAX_CONNECTIONS, handler });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const shown = quote(formatListenAddress(address));
    throw new UsageError(`Cannot listen on --listen-address ${shown}: ${problem}`, { cause });
  }
}

function explainRejection(error: KeyRejected): number {
  log.error(
    "The API rejected the API key: check --api-endpoint, --api-key-id and the key's secret",
    { error },
  );
  return 1;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
