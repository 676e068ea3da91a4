import { crc32 } from "node:zlib";
import type { Chunk } from "../metrics/exposition.ts";
import { segment } from "../metrics/prepared_family.ts";

const encoder = new TextEncoder();

// RFC 1952: magic, deflate, no flags, no time, no extra flags, operating system unknown.
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
// RFC 1951: a final block of fixed Huffman codes that holds nothing.
const LAST_BLOCK = Uint8Array.of(3, 0);

/** The chunks as they are, in UTF-8. */
export function plainBody(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const parts = chunks.map((chunk) =>
    typeof chunk === "string" ? encoder.encode(chunk) : chunk.plain
  );
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : concat(parts);
}

/** The chunks as one gzip member; what was compressed before is copied, not compressed again. */
export function gzipBody(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [GZIP_HEADER];
  let checksum = 0;
  let length = 0;
  for (const chunk of chunks) {
    const { plain, deflated } = typeof chunk === "string" ? segment(chunk) : chunk;
    parts.push(deflated);
    checksum = crc32(plain, checksum);
    length += plain.length;
  }
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, length, true);
  return concat([...parts, LAST_BLOCK, new Uint8Array(trailer.buffer)]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
