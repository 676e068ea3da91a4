import { log } from "../log.ts";

/** How large a file of certificates may be, in bytes. */
export const MAX_CERTIFICATES_BYTES = 16 * 1024 * 1024;

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** What a PEM file holds: its certificates, one text each, and which are damaged, counted from 1. */
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
  // One look at all of them takes a tenth of the time of one at each.
  if (areCertificates(certificates)) return { good: certificates, damaged: [] };
  const isGood = certificates.map((certificate) => areCertificates([certificate]));
  return {
    good: certificates.filter((_, index) => isGood[index]),
    damaged: isGood.flatMap((good, index) => good ? [] : [index + 1]),
  };
}

/** Says in the log which certificates of a file are not used. */
export function warnOfDamaged(path: string, { damaged }: PemCertificates): void {
  if (damaged.length === 0) return;
  log.warn("Going on without damaged certificates", { file: path, certificates: damaged });
}

/** Whether the runtime takes texts for certificates, which it says only by refusing them. */
function areCertificates(texts: string[]): boolean {
  if (texts.includes("")) return false;
  try {
    Deno.createHttpClient({ caCerts: texts }).close();
    return true;
  } catch {
    return false;
  }
}
