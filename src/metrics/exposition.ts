import { isPrepared, type PreparedFamily, type Segment } from "./prepared_family.ts";
import type { FamilySamples } from "./family.ts";
import { type Format, writeHead, writeSamples } from "./write_family.ts";

/** A family ready to be written, as samples or as text that was written before. */
export type WritableFamily = FamilySamples | PreparedFamily;

/** Text still to be encoded, or bytes that were encoded and compressed before. */
export type Chunk = string | Segment;

/** Writes families in alphabetical order; a family without samples leaves no trace. */
export function writeExposition(families: readonly WritableFamily[], format: Format): Chunk[] {
  const chunks: Chunk[] = [];
  let text = "";
  const byName = families.toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1));
  for (const family of byName) {
    if (isPrepared(family)) {
      if (family.body.plain.length === 0) continue;
      chunks.push(text + writeHead(family.family, format), family.body);
      text = "";
    } else if (family.samples.length > 0) {
      text += writeHead(family.family, format) + writeSamples(family, format);
    }
  }
  if (format === "openmetrics") text += "# EOF\n";
  if (text !== "") chunks.push(text);
  return chunks;
}
