import { aborted } from "../aborted.ts";
import { quote, UsageError } from "../cli/usage_error.ts";
import type { ServeSettings } from "../cli/parse.ts";
import type { SecretChoice } from "../cli/secret_choice.ts";
import type { WebhookSettings } from "../cli/webhook.ts";
import { type Clock, systemClock } from "../clock.ts";
import { metricsRoute } from "../http/metrics_route.ts";
import { createHandler, healthRoutes, type Route } from "../http/routes.ts";
import { Server, type ServerOptions } from "../http/server.ts";
import { formatListenAddress, type ListenAddress, urlToOpen } from "../listen_address.ts";
import type { WebAccess } from "../http/web_access.ts";
import { log } from "../log.ts";
import type { Instruments } from "../metrics/instruments.ts";
import type { Scraper } from "../scrape/scraper.ts";
import { KeyRejected, type Session } from "../spacelift/session.ts";
import { accountUrlOf } from "../status/links.ts";
import { statusRoute } from "../status/page.ts";
import { describeBuild } from "../version.ts";
import { authenticate } from "./authenticate.ts";
import {
  type AccountAccess,
  createExporter,
  type Exporter,
  type ScrapeSettings,
} from "./exporter.ts";
import type { Io, Signals } from "./io.ts";
import { openAccount } from "./open_account.ts";
import { switchedOff } from "./switched_off.ts";
import { webhookHandler, webhookSecret } from "./webhook.ts";

/** The settings of a running exporter other than its account. */
export interface ServerSettings extends ScrapeSettings {
  readonly exporter: ScrapeSettings["exporter"] & { readonly listenAddress: ListenAddress };
  /** The path of the web configuration file. */
  readonly web: { readonly file: string | undefined };
  readonly webhook: WebhookSettings | undefined;
}

/**
 * The exit code for a key that the API rejects, where a restart does not help: `EX_NOPERM`, which a
 * service manager can distinguish from every other failure.
 */
const KEY_REJECTED = 77;

/** An exporter that listens. */
export interface Running {
  readonly scraper: Scraper;
  /** The URL of its status page. */
  readonly url: string;
  /** Aborts when the exporter must shut down. */
  readonly signal: AbortSignal;
}

/** How long scrapes may go on after the first signal, in milliseconds. */
const DRAIN_TIME = 5_000;

/** Runs the exporter for a Spacelift account and returns the exit code; throws `UsageError`. */
export async function serve(settings: ServeSettings, io: Io): Promise<number> {
  const account = await openAccount(settings.account, io);
  if (!rereadsFiles(settings, settings.account.keySecret)) await io.dropReadPermission();
  return await serveAccount(account, settings, io.signals);
}

/** Whether any of the files may change while the exporter runs, and is then reread. */
export function rereadsFiles(
  { web, webhook }: ServerSettings,
  secret: SecretChoice | undefined,
): boolean {
  return [secret, webhook?.secret].some((choice) => choice !== undefined && "file" in choice) ||
    [web.file, webhook?.web.file].some((file) => file !== undefined);
}

/**
 * Runs an exporter until a signal or the API's rejection of the key ends it, and returns the exit
 * code; throws `UsageError` when it cannot listen, or cannot use the web configuration.
 */
export async function serveAccount(
  account: AccountAccess,
  settings: ServerSettings,
  signals: Signals,
  { alongside = () => Promise.resolve() }: { alongside?: (running: Running) => Promise<void> } = {},
): Promise<number> {
  const stopping = new AbortController();
  const clock = systemClock;
  const web = await openWeb("--web.config.file", settings.web.file, clock);
  const webhookWeb = await openWeb("--webhook-web.config.file", settings.webhook?.web.file, clock);
  const exporter = createExporter(account, settings, clock);
  const isDraining = () => stopping.signal.aborted;
  const handler = exporterHandler(exporter, { account, settings, clock, isDraining });
  const onRestart = () => exporter.instruments.listenerRestarts.inc();
  const webhook = await startWebhook(exporter, settings.webhook, {
    web: webhookWeb?.access,
    clock,
    onRestart,
  });
  let server: Server;
  try {
    server = listen("--listen-address", settings.exporter.listenAddress, {
      handler: web?.access.guard(handler) ?? handler,
      tls: web?.access.tls,
      clock,
      onRestart: () => {
        onRestart();
        // Connections to the webhook, which may be anybody's, can hold the descriptors that it lacks.
        webhook?.drop();
      },
    });
  } catch (error) {
    await webhook?.close();
    throw error;
  }
  const url = urlToOpen(server.address, web?.access.tls === undefined ? "http" : "https");
  log.info("Listening", {
    address: formatListenAddress(server.address),
    url,
    version: describeBuild(),
    account: account.url.host,
    ...(account.simulated ? { simulated: true } : {}),
    collectors: [...settings.collectors],
    switchedOff: switchedOff(settings),
  });
  if (webhook !== undefined) {
    log.info("Listening for webhooks", {
      at: `${formatListenAddress(webhook.address)}/webhook`,
      scheme: webhookWeb?.access.tls === undefined ? "http" : "https",
    });
  }
  const hurry = Promise.withResolvers<void>();
  using _signals = signals((name) => {
    if (stopping.signal.aborted) return hurry.resolve();
    stopping.abort();
    log.info("Shutting down", { signal: name });
  });
  const { scraper } = exporter;
  const background = Promise.all([
    exporter.background(stopping.signal),
    alongside({ scraper, url, signal: stopping.signal }),
    web?.follow(server, exporter.instruments, stopping.signal),
    webhook && webhookWeb?.follow(webhook, exporter.instruments, stopping.signal),
  ]);
  const exitCode = await untilStopped(exporter.session, {
    clock,
    timeout: settings.exporter.scrapeTimeout,
    signal: stopping.signal,
  });
  stopping.abort();
  const drained = [server.drain(DRAIN_TIME), webhook?.drain(DRAIN_TIME), background];
  await Promise.race([Promise.all(drained), hurry.promise]);
  exporter.close();
  return exitCode;
}

/** The exporter's routes. */
export function exporterHandler(exporter: Exporter, options: {
  readonly account: AccountAccess;
  readonly settings: ScrapeSettings;
  readonly clock: Clock;
  readonly isDraining: () => boolean;
}): Route {
  const { account, settings, clock, isDraining } = options;
  const { scraper, session } = exporter;
  const accountUrl = account.accountUrl ?? accountUrlOf(account.url);
  return createHandler({
    "/": statusRoute(() => ({
      account: (accountUrl ?? account.url).host,
      accountUrl,
      simulated: account.simulated ?? false,
      reports: scraper.peek(),
      now: clock.wall() / 1000,
    })),
    ...healthRoutes({ wasAccepted: () => session.wasAccepted, isDraining }),
    "/metrics": metricsRoute({ scraper, scrapeTimeout: settings.exporter.scrapeTimeout }),
  });
}

/** Waits for the end, and returns the exit code: 77 when the API does not accept the key, else 0. */
async function untilStopped(
  session: Session,
  options: { clock: Clock; timeout: number; signal: AbortSignal },
): Promise<number> {
  try {
    await authenticate(session, options);
    await aborted(options.signal);
    return 0;
  } catch (error) {
    if (error instanceof KeyRejected) {
      log.error(
        "The API rejected the API key: check --api-endpoint, --api-key-id and the key's secret",
        { error },
      );
      return KEY_REJECTED;
    }
    if (options.signal.aborted) return 0;
    throw error;
  }
}

/** TLS and passwords take time and memory to load, and most installations do not use them. */
async function openWeb(flag: string, path: string | undefined, clock: Clock) {
  if (path === undefined) return undefined;
  const { followWebAccess, openWebAccess } = await import("./web.ts");
  const access = await openWebAccess({ flag, path }, clock);
  const follow = (server: Server, instruments: Instruments, signal: AbortSignal) =>
    followWebAccess(access, { flag, server, instruments, signal });
  return { access, follow };
}

async function startWebhook(
  exporter: Exporter,
  settings: WebhookSettings | undefined,
  options: { web: WebAccess | undefined; clock: Clock; onRestart: () => void },
): Promise<Server | undefined> {
  if (settings === undefined) return undefined;
  const { web, ...rest } = options;
  const { clock } = rest;
  const secret = await webhookSecret(settings.secret, clock);
  const handler = webhookHandler(exporter, { secret, clock });
  return listen("--webhook-listen-address", settings.listenAddress, {
    handler: web?.guard(handler) ?? handler,
    tls: web?.tls,
    ...rest,
  });
}

function listen(
  flag: string,
  address: ListenAddress,
  options: Omit<ServerOptions, "address">,
): Server {
  try {
    return new Server({ address, ...options });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const shown = quote(formatListenAddress(address));
    throw new UsageError(`Cannot listen on ${flag} ${shown}: ${problem}`, { cause });
  }
}
