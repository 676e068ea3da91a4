import { log } from "../log.ts";
import { FileProblem, FileTooLarge, readFile } from "../read_file.ts";
import type { Io } from "./io.ts";
import { findCertificates, MAX_CERTIFICATES_BYTES, warnOfDamaged } from "./pem_certificates.ts";

/** Where systems keep the bundle of certificates that they trust. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Gentoo
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
  "/etc/pki/tls/certs/ca-bundle.crt", // older Fedora, RHEL
  "/etc/ssl/ca-bundle.pem", // SUSE
  "/etc/ssl/cert.pem", // Alpine, macOS
] as const;

/** A folder has many files, most of them with one certificate. */
const MAX_FOLDER_FILE_BYTES = 1024 * 1024;

/**
 * The certificates that the system trusts, as OpenSSL and Go find them: in the file and the folders
 * that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else in the first of `bundles` that has any. Skips
 * unusable files, with a warning when a variable names them.
 */
export async function readSystemCertificates(
  env: Io["env"],
  bundles: readonly string[] = BUNDLES,
): Promise<string[]> {
  const found = new Set<string>();
  const file = env("SSL_CERT_FILE");
  if (file) await addFile(found, file, (error) => warn("SSL_CERT_FILE", file, error));
  else await addFirst(found, bundles);
  const separator = Deno.build.os === "windows" ? ";" : ":";
  for (const folder of env("SSL_CERT_DIR")?.split(separator) ?? []) {
    if (folder !== "") await addFolder(found, folder);
  }
  return [...found];
}

async function addFirst(found: Set<string>, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await addFile(found, path, () => {})) return;
  }
}

async function addFolder(found: Set<string>, folder: string): Promise<void> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const files = entries.filter(({ isFile, isSymlink }) => isFile || isSymlink);
    // Ignore everything else in such a folder, including dead links.
    for (const name of files.map(({ name }) => name).sort()) {
      await addFile(found, `${folder}/${name}`, () => {}, MAX_FOLDER_FILE_BYTES);
    }
  } catch (error) {
    warn("SSL_CERT_DIR", folder, error);
  }
}

/** Adds the certificates of a file, and returns whether there were any. */
async function addFile(
  found: Set<string>,
  path: string,
  onProblem: (problem: Error) => void,
  limit = MAX_CERTIFICATES_BYTES,
): Promise<boolean> {
  try {
    const certificates = findCertificates(await readFile(path, limit));
    warnOfDamaged(path, certificates);
    if (certificates.good.length === 0) {
      throw new FileProblem("it contains no usable certificate in PEM format");
    }
    for (const certificate of certificates.good) found.add(certificate);
    return true;
  } catch (error) {
    if (!(error instanceof FileProblem) && !(error instanceof FileTooLarge)) throw error;
    onProblem(error);
    return false;
  }
}

function warn(variable: string, path: string, error: unknown): void {
  log.warn(`Cannot use the path in ${variable}`, { path, error });
}
