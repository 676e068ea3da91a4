import type { AccountSettings } from "../cli/parse.ts";
import { type Warn, warnInLog } from "../log.ts";
import type { ApiKey } from "../spacelift/session.ts";
import { openSecretFile, readCaCertificates } from "./credentials.ts";
import type { AccountAccess } from "./exporter.ts";
import type { Io } from "./io.ts";
import { bypassProxy } from "./proxies.ts";
import { readSystemCertificates } from "./system_certificates.ts";

/**
 * Reads the files that the settings of an account name, and the system's certificates, and exempts
 * the endpoint from the proxy where necessary; warns about files that cannot be used in full, and
 * throws `UsageError`.
 */
export async function openAccount(
  settings: AccountSettings,
  io: Pick<Io, "env" | "setEnv">,
  warn: Warn = warnInLog,
): Promise<AccountAccess> {
  const { accountUrl, apiEndpoint: url, caCertPath } = settings;
  const key = await openKey(settings);
  const caCertificates = [
    ...caCertPath === undefined ? [] : await readCaCertificates(caCertPath, warn),
    ...url.protocol === "https:" ? await readSystemCertificates(io.env, { warn }) : [],
  ];
  bypassProxy(url, io);
  return { accountUrl, url, key, caCertificates };
}

async function openKey({ apiKeyId: id, keySecret }: AccountSettings): Promise<ApiKey> {
  if ("secret" in keySecret) {
    return { id, secret: () => Promise.resolve(keySecret.secret) };
  }
  return { id, secret: await openSecretFile(keySecret.file) };
}
