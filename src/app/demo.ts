import { systemClock } from "../clock.ts";
import { startDemoServer } from "../demo/api/server.ts";
import { Simulation } from "../demo/life/simulation.ts";
import { log } from "../log.ts";
import { Secret } from "../secret.ts";
import type { Io } from "./io.ts";
import type { DemoSettings } from "../cli/parse.ts";
import { runExporter } from "./run_exporter.ts";

/** Runs the exporter for a simulated account and returns the exit code; throws `UsageError`. */
export async function demo(settings: DemoSettings, io: Io): Promise<number> {
  await io.closeFiles();
  const { stacks, workerPools, seed } = settings.simulation;
  const now = () => Math.floor(systemClock.wall() / 1000);
  const simulation = new Simulation({ ...settings.simulation, startedAt: now() });
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
  const account = { url: new URL(server.url), key, caCertificates: [] };
  return await runExporter(account, settings, io.signals);
}
