import type { AccountSettings } from "../cli/parse.ts";
import type { ApiKey } from "../spacelift/session.ts";
import { openSecretFile, readCaCertificates } from "./credentials.ts";
import type { AccountAccess } from "./exporter.ts";

/** Reads the files that the settings of an account name; throws `UsageError`. */
export async function openAccount(settings: AccountSettings): Promise<AccountAccess> {
  const { apiEndpoint: url, caCertPath } = settings;
  const key = await openKey(settings);
  const caCertificates = caCertPath === undefined ? [] : await readCaCertificates(caCertPath);
  return { url, key, caCertificates };
}

async function openKey({ apiKeyId: id, keySecret }: AccountSettings): Promise<ApiKey> {
  if ("secret" in keySecret) {
    return { id, secret: () => Promise.resolve(keySecret.secret) };
  }
  return { id, secret: await openSecretFile(keySecret.file) };
}
