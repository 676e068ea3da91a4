import { systemClock } from "../clock.ts";
import { startDemoServer } from "../demo/api/server.ts";
import { Simulation } from "../demo/life/simulation.ts";
import { log } from "../log.ts";
import { Secret } from "../secret.ts";
import type { Io } from "./io.ts";
import type { DemoSettings } from "../cli/parse.ts";
import { bypassProxy } from "./proxies.ts";
import { serveAccount } from "./serve.ts";

/** Runs the exporter for a simulated account and returns the exit code; throws `UsageError`. */
export async function demo(settings: DemoSettings, io: Io): Promise<number> {
  if (settings.web.file === undefined) await io.dropReadPermission();
  const { stacks, workerPools, workersPerPool, seed } = settings.simulation;
  const now = () => Math.floor(systemClock.wall() / 1000);
  const simulation = new Simulation({
    stacks,
    workerPools,
    workersPerPool,
    seed,
    startedAt: now(),
  });
  const apiKey = { id: "demo", secret: new Secret(crypto.randomUUID()) };
  await using server = startDemoServer({
    account: () => {
      simulation.advanceTo(now());
      return simulation.account;
    },
    apiKeyId: apiKey.id,
    apiKeySecret: apiKey.secret.reveal(),
  });
  log.info("Simulating a Spacelift account", { url: server.url, stacks, workerPools, seed });
  const key = { id: apiKey.id, secret: () => Promise.resolve(apiKey.secret) };
  const account = { url: new URL(server.url), key, caCertificates: [], simulated: true };
  bypassProxy(account.url, io);
  return await serveAccount(account, settings, io.signals);
}
