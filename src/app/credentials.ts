import { Secret } from "../secret.ts";
import { quote, UsageError } from "../cli/usage_error.ts";

const MAX_SECRET_BYTES = 64 * 1024;

const MAX_CERTIFICATES_BYTES = 16 * 1024 * 1024;

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** What errors of the file system mean, by their names. */
const READ_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NotFound", "there is no such file"],
  ["IsADirectory", "it is a directory"],
  ["NotSupported", "it is neither a regular file nor a pipe"],
  ["PermissionDenied", "its permissions forbid it"],
  ["NotCapable", "Deno lets no program read it, or was started without --allow-read"],
]);

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
  const text = decodeText(await readFile(path, setting, MAX_SECRET_BYTES))?.trim();
  if (text === undefined || /\p{Cc}/u.test(text)) {
    throw new UsageError(`Cannot use ${setting}: the file is not one line of text`);
  }
  if (text === "") throw new UsageError(`Cannot use ${setting}: the file is empty`);
  return new Secret(text);
}

/** The certificates in a PEM file, one text each; throws `UsageError` when there is none. */
export async function readCaCertificates(path: string): Promise<string[]> {
  const setting = `--ca-cert-path ${quote(path)}`;
  const bytes = await readFile(path, setting, MAX_CERTIFICATES_BYTES);
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

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
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

/** Reads no further than the limit: the path may name something without end. */
async function readFile(path: string, setting: string, limit: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit + 1);
  let length = 0;
  try {
    const { isFile, isDirectory, isFifo } = await Deno.stat(path);
    // A terminal keeps its reader waiting, and other devices give what is no secret.
    if (!isFile && !isDirectory && !isFifo) throw new Deno.errors.NotSupported();
    using file = await Deno.open(path);
    let count: number | null = 0;
    while (count !== null && length <= limit) {
      count = await file.read(buffer.subarray(length));
      length += count ?? 0;
    }
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    const problem = READ_PROBLEMS.get(name) ?? "it cannot be opened";
    throw new UsageError(`Cannot read ${setting}: ${problem}`, { cause });
  }
  if (length > limit) {
    throw new UsageError(`Cannot use ${setting}: the file is larger than ${limit / 1024} KiB`);
  }
  return buffer.subarray(0, length);
}
