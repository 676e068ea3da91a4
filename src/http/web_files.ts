import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { decodeText, readFile } from "../read_file.ts";
import type { TlsPair } from "./server.ts";
import { parseWebConfig, WebConfigError } from "./web_config.ts";

/** A web configuration with the files that it names. */
export interface WebFiles {
  readonly tls: TlsPair | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly users: ReadonlyMap<string, string> | undefined;
  /** Warnings about valid but unwise settings, in sentences. */
  readonly warnings: readonly string[];
}

const MAX_BYTES = 1024 * 1024;

/** What the runtime's errors mean, except that the certificate is damaged. */
const PAIR_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch/, "key_file: it is not the key of the certificate in cert_file"],
  [/UnsupportedCertVersion/, "cert_file: TLS needs an X.509 certificate of version 3"],
  [/private key|decode key/, "key_file: the key is damaged or has a passphrase"],
];

/** Reads a web configuration file and those that it names; throws `WebConfigError`. */
export async function readWebFiles(path: string, now: number): Promise<WebFiles> {
  const { tls: files, headers, users } = parseWebConfig(await readText(path));
  if (files === undefined) {
    const warnings = users === undefined ? ["It asks for neither TLS nor passwords"] : [];
    return { tls: undefined, headers, users, warnings };
  }
  const folder = dirname(path);
  const keyPath = resolve(folder, files.keyFile);
  const cert = await readText(resolve(folder, files.certFile), "tls_server_config.cert_file");
  const key = await readText(keyPath, "tls_server_config.key_file");
  const warnings = [...examine({ cert, key }, now), ...await examineMode(keyPath)];
  return { tls: { cert, key }, headers, users, warnings };
}

async function readText(path: string, setting?: string): Promise<string> {
  const prefix = setting === undefined ? "" : `${setting}: `;
  const { isFifo } = await Deno.stat(path).catch(() => ({ isFifo: false }));
  if (isFifo) throw new WebConfigError(`${prefix}it is a pipe, which cannot be read again`);
  let text: string | undefined;
  try {
    text = decodeText(await readFile(path, MAX_BYTES));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "it cannot be read";
    throw new WebConfigError(prefix + problem, { cause });
  }
  if (text === undefined) throw new WebConfigError(`${prefix}the file is not text in UTF-8`);
  return text;
}

/** Lets the runtime try the pair, and returns warnings about what clients will reject. */
function examine({ cert, key }: TlsPair, now: number): string[] {
  const [block] = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(cert) ?? [];
  if (block === undefined) {
    throw new WebConfigError("tls_server_config.cert_file: it has no certificate in PEM format");
  }
  if (!/-----BEGIN (?:EC |RSA )?PRIVATE KEY-----/.test(key)) {
    throw new WebConfigError(
      "tls_server_config.key_file: it has no private key in PEM format without a passphrase",
    );
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
    // Listening is the best test of a pair; nobody learns the port.
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (cause) {
    throw new WebConfigError(`tls_server_config.${problemOf(cause)}`, { cause });
  }
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) <= now) return [`The certificate expired at ${iso(validTo)}`];
  if (Date.parse(validFrom) > now) return [`The certificate is not valid before ${iso(validFrom)}`];
  return [];
}

function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  const [, problem] = PAIR_PROBLEMS.find(([pattern]) => pattern.test(text)) ?? [];
  return problem ?? "cert_file: the certificate is damaged";
}

async function examineMode(path: string): Promise<string[]> {
  const { mode } = await Deno.stat(path).catch(() => ({ mode: null }));
  const isPublic = mode !== null && (mode & 0o004) !== 0;
  return isPublic ? ["Every user of this machine may read the file of the certificate's key"] : [];
}

function iso(date: string): string {
  return new Date(Date.parse(date)).toISOString();
}
