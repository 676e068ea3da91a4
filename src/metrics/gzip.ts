import { constants, crc32, deflateRawSync, gzipSync } from "node:zlib";

/** Bytes and their compressed form, which ends on a byte boundary and refers to no earlier data. */
export interface Segment {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly deflated: Uint8Array;
}

/** Bytes still to be compressed, or compressed already. */
export type Chunk = Uint8Array<ArrayBuffer> | Segment;

/**
 * For data that is compressed once for many scrapes: no higher level makes an exposition smaller.
 */
const PREPARED_LEVEL = 6;
/**
 * For data that every scrape compresses again: takes a quarter of the time of level 6 for a 3 %
 * larger result.
 */
const LIVE_LEVEL = 2;

/**
 * Chunks below this many bytes are stored uncompressed: setting up compression would cost more than it
 * saves.
 */
const STORED_BYTES = 512;

// RFC 1952: magic, deflate, no flags, no time, no extra flags, operating system unknown.
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
// RFC 1951: a final block of fixed Huffman codes that holds nothing.
const LAST_BLOCK = Uint8Array.of(3, 0);

/** Compresses bytes so that segments can be joined into one gzip member. */
export function segment(plain: Uint8Array<ArrayBuffer>): Segment {
  return compressed(plain, PREPARED_LEVEL);
}

function compressed(plain: Uint8Array<ArrayBuffer>, level: number): Segment {
  if (plain.length < STORED_BYTES) return { plain, deflated: stored(plain) };
  // A full flush lets another segment's blocks follow, whatever came before.
  const options = { level, finishFlush: constants.Z_FULL_FLUSH };
  return { plain, deflated: deflateRawSync(plain, options) };
}

/** An uncompressed block (RFC 1951, section 3.2.4): its type, its length twice, the bytes. */
function stored(plain: Uint8Array): Uint8Array {
  const block = new Uint8Array(5 + plain.length);
  const { length } = plain;
  block.set([0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff]);
  block.set(plain, 5);
  return block;
}

/** The chunks uncompressed; nothing is copied. */
export function plainBody(chunks: readonly Chunk[]): Uint8Array[] {
  return chunks.map((chunk) => chunk instanceof Uint8Array ? chunk : chunk.plain);
}

/** The chunks as one gzip member; segments are neither compressed again nor copied. */
export function gzipBody(chunks: readonly Chunk[]): Uint8Array[] {
  const [only, ...others] = chunks;
  if (only instanceof Uint8Array && others.length === 0) {
    return [gzipSync(only, { level: LIVE_LEVEL })];
  }
  const parts: Uint8Array[] = [HEADER];
  let checksum = 0;
  let length = 0;
  for (const chunk of chunks) {
    const { plain, deflated } = chunk instanceof Uint8Array ? compressed(chunk, LIVE_LEVEL) : chunk;
    parts.push(deflated);
    checksum = crc32(plain, checksum);
    length += plain.length;
  }
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, length, true);
  return [...parts, LAST_BLOCK, new Uint8Array(trailer.buffer)];
}
