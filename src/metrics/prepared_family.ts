import { constants, deflateRawSync } from "node:zlib";
import type { Family, FamilySamples } from "./family.ts";
import { writeSamples } from "./write_family.ts";

/** Bytes beside their compressed form, which ends on a byte boundary and refers to nothing before. */
export interface Segment {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly deflated: Uint8Array;
}

/** A family of which the sample lines are already written, for data that outlives many scrapes. */
export interface PreparedFamily {
  readonly family: Family;
  readonly body: Segment;
}

const encoder = new TextEncoder();

/** Writes and compresses the sample lines of a gauge or counter once for all scrapes. */
export function prepareFamily(samples: FamilySamples): PreparedFamily {
  if (samples.family.type === "histogram") {
    throw new TypeError(`Cannot prepare ${samples.family.name}: histograms differ by format`);
  }
  return { family: samples.family, body: segment(writeSamples(samples, "text")) };
}

/** Whether a family comes as written text rather than as samples. */
export function isPrepared(family: FamilySamples | PreparedFamily): family is PreparedFamily {
  return "body" in family;
}

/** Encodes and compresses text so that segments can be joined into one gzip member. */
export function segment(text: string): Segment {
  const plain = encoder.encode(text);
  // A full flush lets another segment's blocks follow, whatever came before.
  const options = { level: 6, finishFlush: constants.Z_FULL_FLUSH };
  return { plain, deflated: deflateRawSync(plain, options) };
}
