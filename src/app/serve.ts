import type { ApiKey } from "../spacelift/session.ts";
import { readCaCertificates, readSecretFile } from "./credentials.ts";
import type { Io } from "./io.ts";
import type { AccountSettings, ServeSettings } from "../cli/parse.ts";
import { runExporter } from "./run_exporter.ts";

/** Runs the exporter for a Spacelift account and returns the exit code; throws `UsageError`. */
export async function serve(settings: ServeSettings, io: Io): Promise<number> {
  const { apiEndpoint: url, caCertPath, keySecret } = settings.account;
  const key = await readKey(settings.account);
  const caCertificates = caCertPath === undefined ? [] : await readCaCertificates(caCertPath);
  if ("secret" in keySecret) await io.closeFiles();
  return await runExporter({ url, key, caCertificates }, settings, io.signals);
}

async function readKey({ apiKeyId: id, keySecret }: AccountSettings): Promise<ApiKey> {
  if ("secret" in keySecret) {
    return { id, secret: () => Promise.resolve(keySecret.secret) };
  }
  const secret = () => readSecretFile(keySecret.file);
  await secret();
  return { id, secret };
}
