import { quote, UsageError } from "../cli/usage_error.ts";
import { decodeText, FileProblem, FileTooLarge, readFile } from "../read_file.ts";
import { Secret } from "../secret.ts";

const MAX_SECRET_BYTES = 64 * 1024;

const MAX_CERTIFICATES_BYTES = 16 * 1024 * 1024;

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/**
 * Reads the API key's secret from a file at once and gives what reads it each time it is needed; a
 * pipe, which can be read only once, is remembered. Throws `UsageError`.
 */
export async function openSecretFile(path: string): Promise<() => Promise<Secret>> {
  // What cannot be looked at cannot be read either, and reading says why.
  const isPipe = await Deno.stat(path).then(({ isFifo }) => isFifo === true, () => false);
  const secret = await readSecretFile(path);
  return isPipe ? () => Promise.resolve(secret) : () => readSecretFile(path);
}

/** The API key's secret in a file, without the white space around it; throws `UsageError`. */
export async function readSecretFile(path: string): Promise<Secret> {
  const setting = `--api-key-secret-file ${quote(path)}`;
  const text = decodeText(await readSetting(path, setting, MAX_SECRET_BYTES))?.trim();
  if (text === undefined || /\p{Cc}/u.test(text)) {
    throw new UsageError(`Cannot use ${setting}: the file is not one line of text`);
  }
  if (text === "") throw new UsageError(`Cannot use ${setting}: the file is empty`);
  return new Secret(text);
}

/** The certificates in a PEM file, one text each; throws `UsageError` when there is none. */
export async function readCaCertificates(path: string): Promise<string[]> {
  const setting = `--ca-cert-path ${quote(path)}`;
  const bytes = await readSetting(path, setting, MAX_CERTIFICATES_BYTES);
  const blocks = new TextDecoder().decode(bytes).split(BEGIN).slice(1);
  if (blocks.length === 0) {
    throw new UsageError(`Cannot use ${setting}: the file has no certificate in PEM format`);
  }
  return blocks.map((block, index) => {
    const [body = "", ...rest] = block.split(END);
    const certificate = `${BEGIN}${body}${END}\n`;
    if (rest.length === 0 || !isCertificate(certificate)) {
      throw new UsageError(`Cannot use ${setting}: certificate ${index + 1} in it is damaged`);
    }
    return certificate;
  });
}

/** Whether the runtime takes a text for a certificate, which it says only by refusing it. */
function isCertificate(pem: string): boolean {
  try {
    Deno.createHttpClient({ caCerts: [pem] }).close();
    return true;
  } catch {
    return false;
  }
}

/** Reads a file that a flag names; throws `UsageError` with the flag. */
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
