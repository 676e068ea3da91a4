import { type Warn, warnInLog } from "../log.ts";
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
  { bundles = BUNDLES, warn = warnInLog }: { bundles?: readonly string[]; warn?: Warn } = {},
): Promise<string[]> {
  const search = new Search(warn);
  const file = env("SSL_CERT_FILE");
  if (file) await search.namedFile("SSL_CERT_FILE", file);
  else await search.first(bundles);
  const separator = Deno.build.os === "windows" ? ";" : ":";
  for (const folder of env("SSL_CERT_DIR")?.split(separator) ?? []) {
    if (folder !== "") await search.namedFolder("SSL_CERT_DIR", folder);
  }
  return [...search.found];
}

/** Collects certificates from files and folders. */
class Search {
  readonly found = new Set<string>();
  readonly #warn: Warn;

  constructor(warn: Warn) {
    this.#warn = warn;
  }

  async first(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (await this.#file(path) === undefined) return;
    }
  }

  async namedFile(variable: string, path: string): Promise<void> {
    const problem = await this.#file(path);
    if (problem !== undefined) this.#refuse(variable, path, problem);
  }

  async namedFolder(variable: string, folder: string): Promise<void> {
    try {
      const entries = await Array.fromAsync(Deno.readDir(folder));
      const files = entries.filter(({ isFile, isSymlink }) => isFile || isSymlink);
      // Ignore everything else in such a folder, including dead links.
      for (const name of files.map(({ name }) => name).sort()) {
        await this.#file(`${folder}/${name}`, MAX_FOLDER_FILE_BYTES);
      }
    } catch (error) {
      this.#refuse(variable, folder, error);
    }
  }

  /** Adds the certificates of a file, or returns why there are none. */
  async #file(path: string, limit = MAX_CERTIFICATES_BYTES): Promise<Error | undefined> {
    try {
      const certificates = findCertificates(await readFile(path, limit));
      warnOfDamaged(path, certificates, this.#warn);
      if (certificates.good.length === 0) {
        throw new FileProblem("it contains no usable certificate in PEM format");
      }
      for (const certificate of certificates.good) this.found.add(certificate);
      return undefined;
    } catch (error) {
      if (!(error instanceof FileProblem) && !(error instanceof FileTooLarge)) throw error;
      return error;
    }
  }

  #refuse(variable: string, path: string, error: unknown): void {
    this.#warn(`Cannot use the path in ${variable}`, { path, error });
  }
}
