import type { Family, FamilySamples } from "./family.ts";
import { type Chunk, type Segment, segment } from "./gzip.ts";
import { type Format, writeHead, writeSamples } from "./write_family.ts";

/** A family whose sample lines are written only once, for data that outlives many scrapes. */
export interface PreparedFamily {
  readonly family: Family;
  readonly body: (format: Format) => Segment;
}

/** A family ready to be written, as samples or as prepared text. */
export type WritableFamily = FamilySamples | PreparedFamily;

/**
 * Writes and compresses the sample lines once for all scrapes; those of a histogram, which differ
 * by format, when a format is first requested.
 */
export function prepareFamily(samples: FamilySamples): PreparedFamily {
  const { family } = samples;
  const write = (format: Format) => segment(writeSamples(samples, format));
  if (family.type !== "histogram") {
    const body = write("text");
    return { family, body: () => body };
  }
  const bodies = new Map<Format, Segment>();
  return {
    family,
    body(format) {
      const body = bodies.get(format) ?? write(format);
      bodies.set(format, body);
      return body;
    },
  };
}

/** Writes families in alphabetical order; omits families without samples. */
export function writeExposition(families: readonly WritableFamily[], format: Format): Chunk[] {
  const chunks: Chunk[] = [];
  let text = "";
  const byName = families.toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1));
  for (const family of byName) {
    if ("body" in family) {
      const body = family.body(format);
      if (body.plain.length === 0) continue;
      chunks.push(text + writeHead(family.family, format), body);
      text = "";
    } else if (family.samples.length > 0) {
      text += writeHead(family.family, format) + writeSamples(family, format);
    }
  }
  if (format === "openmetrics") text += "# EOF\n";
  if (text !== "") chunks.push(text);
  return chunks;
}
