import type { DemoSettings } from "../cli/parse.ts";
import { quote, UsageError } from "../cli/usage_error.ts";
import { type Clock, sleep, systemClock } from "../clock.ts";
import { WebhookSender } from "../demo/api/webhook_sender.ts";
import { type DemoServer, type DemoServerOptions, startDemoServer } from "../demo/api/server.ts";
import { Random } from "../demo/life/random.ts";
import { Simulation } from "../demo/life/simulation.ts";
import { Trouble } from "../demo/trouble.ts";
import { formatListenAddress } from "../listen_address.ts";
import { log } from "../log.ts";
import type { Scraper } from "../scrape/scraper.ts";
import { Secret } from "../secret.ts";
import { demoGuide } from "./demo_guide.ts";
import type { Io } from "./io.ts";
import { bypassProxy } from "./proxies.ts";
import { rereadsFiles, serveAccount } from "./serve.ts";
import { webhookSecret } from "./webhook.ts";

/** How often the demo scrapes itself, in milliseconds, to keep its status page current. */
const SCRAPE_INTERVAL = 15_000;

/** The secret of the simulated account's key, which protects nothing. */
const DEMO_SECRET = "demo-secret";

/** Runs the exporter for a simulated account and returns the exit code; throws `UsageError`. */
export async function demo(settings: DemoSettings, io: Io): Promise<number> {
  const { simulation: { apiKeyId, apiKeySecret, seed, ...simulation }, exporter } = settings;
  const { sender: sending } = settings;
  const clock = systemClock;
  const signing = sending && await webhookSecret(sending.secret, clock);
  if (!rereadsFiles(settings, sending?.secret)) await io.dropReadPermission();
  await using sender = sending && signing &&
    new WebhookSender({
      url: sending.url,
      secret: signing,
      clock,
      trouble: simulation.trouble ? new Random(seed) : undefined,
    });
  const now = () => Math.floor(clock.wall() / 1000);
  const life = new Simulation({
    ...simulation,
    seed,
    startedAt: now(),
    onTransition: (run) =>
      sender?.send(run, life.account.stacks.find(({ id }) => id === run.stackId)),
  });
  const secret = apiKeySecret ?? new Secret(DEMO_SECRET);
  const trouble = simulation.trouble ? new Trouble({ seed, clock }) : undefined;
  await using server = listen({
    account: () => {
      life.advanceTo(now());
      return life.account;
    },
    apiKeyId,
    apiKeySecret: secret.reveal(),
    address: simulation.apiListenAddress,
    ...(trouble && { between: (request, api) => trouble.answer(request, api) }),
  });
  const { stacks, workerPools } = simulation;
  const size = { stacks, workerPools, seed };
  const key = { id: apiKeyId, secret: () => Promise.resolve(secret) };
  const account = { url: new URL(server.url), key, caCertificates: [], simulated: true };
  bypassProxy(account.url, io);
  return await serveAccount(account, settings, io.signals, {
    alongside: async ({ scraper, url, signal }) => {
      if (io.isTerminal) {
        const shown = apiKeySecret === undefined ? DEMO_SECRET : undefined;
        io.stderr(demoGuide({
          url,
          apiUrl: server.url,
          apiKeyId,
          secret: shown,
          trouble: trouble !== undefined,
          size,
        }));
      } else {
        log.info("The account is simulated", { simulated: true, api: server.url, ...size });
      }
      await Promise.all([
        scrapeRegularly(scraper, { clock, deadline: exporter.scrapeTimeout, signal }),
        trouble?.run(signal),
        sender && liveOn(life, clock, signal),
      ]);
    },
  });
}

function listen(options: DemoServerOptions): DemoServer {
  try {
    return startDemoServer(options);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const shown = quote(formatListenAddress(options.address ?? { hostname: undefined, port: 0 }));
    throw new UsageError(`Cannot listen on --api-listen-address ${shown}: ${problem}`, { cause });
  }
}

async function scrapeRegularly(
  scraper: Scraper,
  { clock, deadline, signal }: { clock: Clock; deadline: number; signal: AbortSignal },
): Promise<void> {
  try {
    for (;;) {
      await scraper.scrape(deadline, signal);
      await sleep(clock, SCRAPE_INTERVAL, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Advances the simulation on its own: webhooks are sent without any request. */
async function liveOn(life: Simulation, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    life.advanceTo(Math.floor(clock.wall() / 1000));
    await sleep(clock, 1000, signal).catch(() => {});
  }
}
