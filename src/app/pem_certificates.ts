import type { Warn } from "../log.ts";

/** The largest accepted file of certificates, in bytes. */
export const MAX_CERTIFICATES_BYTES = 16 * 1024 * 1024;

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/**
 * The contents of a PEM file: its certificates, one text each, and the positions of damaged ones,
 * from 1.
 */
export interface PemCertificates {
  readonly good: string[];
  readonly damaged: readonly number[];
}

/** Finds the certificates in a PEM file. */
export function findCertificates(bytes: Uint8Array): PemCertificates {
  const blocks = new TextDecoder().decode(bytes).split(BEGIN).slice(1);
  const certificates = blocks.map((block) => {
    const [body = "", ...rest] = block.split(END);
    return rest.length === 0 ? "" : `${BEGIN}${body}${END}\n`;
  });
  // Checking all of them at once takes a tenth of the time of checking each.
  if (areCertificates(certificates)) return { good: certificates, damaged: [] };
  const isGood = certificates.map((certificate) => areCertificates([certificate]));
  return {
    good: certificates.filter((_, index) => isGood[index]),
    damaged: isGood.flatMap((good, index) => good ? [] : [index + 1]),
  };
}

/** Warns which certificates of a file are not used. */
export function warnOfDamaged(path: string, { damaged }: PemCertificates, warn: Warn): void {
  if (damaged.length === 0) return;
  warn("Ignoring damaged certificates", { file: path, certificates: damaged });
}

/** Whether the runtime accepts texts as certificates; it reports that only by throwing. */
function areCertificates(texts: string[]): boolean {
  if (texts.includes("")) return false;
  try {
    Deno.createHttpClient({ caCerts: texts }).close();
    return true;
  } catch {
    return false;
  }
}
