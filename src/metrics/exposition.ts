import type { Family, FamilySamples } from "./family.ts";
import { type Chunk, type Segment, segment } from "./gzip.ts";
import { type Format, writeHead, writeSamples } from "./write_family.ts";

/** A family of which the sample lines are already written, for data that outlives many scrapes. */
export interface PreparedFamily {
  readonly family: Family;
  readonly body: Segment;
}

/** A family ready to be written, as samples or as text that was written before. */
export type WritableFamily = FamilySamples | PreparedFamily;

/** Writes and compresses the sample lines of a gauge or counter once for all scrapes. */
export function prepareFamily(samples: FamilySamples): PreparedFamily {
  if (samples.family.type === "histogram") {
    throw new TypeError(`Cannot prepare ${samples.family.name}: histograms differ by format`);
  }
  return { family: samples.family, body: segment(writeSamples(samples, "text")) };
}

/** Writes families in alphabetical order; a family without samples leaves no trace. */
export function writeExposition(families: readonly WritableFamily[], format: Format): Chunk[] {
  const chunks: Chunk[] = [];
  let text = "";
  const byName = families.toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1));
  for (const family of byName) {
    if ("body" in family) {
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
