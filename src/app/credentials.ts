import { quote, UsageError } from "../cli/usage_error.ts";
import { type Warn, warnInLog } from "../log.ts";
import { decodeText, FileProblem, FileTooLarge, readFile } from "../read_file.ts";
import { Secret } from "../secret.ts";
import { findCertificates, MAX_CERTIFICATES_BYTES, warnOfDamaged } from "./pem_certificates.ts";

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * Reads the secret file that a flag names once, to validate it, and returns a function that rereads
 * it on each call; a pipe, which can be read only once, is remembered. Throws `UsageError`.
 */
export async function openSecretFile(
  path: string,
  flag = "--api-key-secret-file",
): Promise<() => Promise<Secret>> {
  // A file without metadata cannot be read either, and reading it explains why.
  const isPipe = await Deno.stat(path).then(({ isFifo }) => isFifo === true, () => false);
  const secret = await readSecretFile(path, flag);
  return isPipe ? () => Promise.resolve(secret) : () => readSecretFile(path, flag);
}

/** The secret in a file that a flag names, trimmed; throws `UsageError`. */
export async function readSecretFile(
  path: string,
  flag = "--api-key-secret-file",
): Promise<Secret> {
  const setting = `${flag} ${quote(path)}`;
  const text = decodeText(await readSetting(path, setting, MAX_SECRET_BYTES))?.trim();
  if (text === undefined || /\p{Cc}/u.test(text)) {
    throw new UsageError(`Cannot use ${setting}: the file is not a single line of text`);
  }
  if (text === "") throw new UsageError(`Cannot use ${setting}: the file is empty`);
  return new Secret(text);
}

/**
 * The valid certificates in a PEM file, one text each; warns about damaged ones, and throws
 * `UsageError` when none is valid.
 */
export async function readCaCertificates(
  path: string,
  warn: Warn = warnInLog,
): Promise<string[]> {
  const setting = `--ca-cert-path ${quote(path)}`;
  const certificates = findCertificates(await readSetting(path, setting, MAX_CERTIFICATES_BYTES));
  const { good, damaged } = certificates;
  if (good.length > 0) {
    warnOfDamaged(path, certificates, warn);
    return good;
  }
  const problem = damaged.length === 0
    ? "the file contains no certificate in PEM format"
    : "every certificate in it is damaged";
  throw new UsageError(`Cannot use ${setting}: ${problem}`);
}

/** Reads a file that a flag names; throws `UsageError` naming the flag. */
async function readSetting(path: string, setting: string, limit: number): Promise<Uint8Array> {
  try {
    return await readFile(path, limit);
  } catch (error) {
    if (error instanceof FileProblem) {
      throw new UsageError(`Cannot read ${setting}: ${error.message}`, { cause: error.cause });
    }
    if (error instanceof FileTooLarge) {
      throw new UsageError(`Cannot use ${setting}: ${error.message}`);
    }
    throw error;
  }
}
