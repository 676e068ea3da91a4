import type { Family, FamilySamples } from "./family.ts";
import { type Chunk, type Segment, segment } from "./gzip.ts";
import { Utf8Writer } from "./utf8_writer.ts";
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
  const write = (format: Format) => {
    const out = new Utf8Writer();
    writeSamples(samples, format, out);
    // A view would keep the whole of the longer buffer in memory.
    return segment(out.take().slice());
  };
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
  const out = new Utf8Writer();
  const byName = families.toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1));
  for (const family of byName) {
    if ("body" in family) {
      const body = family.body(format);
      if (body.plain.length === 0) continue;
      out.write(writeHead(family.family, format));
      chunks.push(out.take(), body);
    } else if (family.samples.length > 0) {
      out.write(writeHead(family.family, format));
      writeSamples(family, format, out);
    }
  }
  if (format === "openmetrics") out.write("# EOF\n");
  const rest = out.take();
  if (rest.length > 0) chunks.push(rest);
  return chunks;
}
