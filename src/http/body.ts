import { crc32 } from "node:zlib";
import type { Chunk } from "../metrics/exposition.ts";
import { segment } from "../metrics/prepared_family.ts";

/** A piece of a body; prepared ones are shared by all answers under way. */
export type BodyPart = Uint8Array<ArrayBufferLike>;

const encoder = new TextEncoder();

// RFC 1952: magic, deflate, no flags, no time, no extra flags, operating system unknown.
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
// RFC 1951: a final block of fixed Huffman codes that holds nothing.
const LAST_BLOCK = Uint8Array.of(3, 0);

/** The chunks as they are, in UTF-8; what was encoded before is not copied. */
export function plainBody(chunks: readonly Chunk[]): BodyPart[] {
  return chunks.map((chunk) => (typeof chunk === "string" ? encoder.encode(chunk) : chunk.plain));
}

/** The chunks as one gzip member; what was compressed before is neither compressed again nor copied. */
export function gzipBody(chunks: readonly Chunk[]): BodyPart[] {
  const parts: BodyPart[] = [GZIP_HEADER];
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
  return [...parts, LAST_BLOCK, new Uint8Array(trailer.buffer)];
}

/** A response that sends the parts one by one, as fast as the client takes them. */
export function respondWith(parts: readonly BodyPart[], headers: Headers): Response {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  headers.set("content-length", String(length));
  return new Response(ReadableStream.from(parts), { headers });
}
