const FIRST_BYTES = 64 * 1024;
/** How many UTF-16 units are encoded at a time, at least. */
const BATCH = 4096;

const encoder = new TextEncoder();

/**
 * Encodes text while it is written. Megabytes that are put together as one string cost twice the
 * time, because the garbage collector copies all of its parts until the whole is encoded.
 */
export class Utf8Writer {
  #bytes = new Uint8Array(FIRST_BYTES);
  /** Where the text begins that has not been taken yet. */
  #start = 0;
  #end = 0;
  #pending = "";

  /** Appends text that neither begins nor ends within a character. */
  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= BATCH) this.#encode();
  }

  /** The bytes written since the last call, in UTF-8; a view of a longer buffer. */
  take(): Uint8Array<ArrayBuffer> {
    this.#encode();
    const taken = this.#bytes.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  #encode(): void {
    // No UTF-16 unit takes more bytes than this.
    const needed = 3 * this.#pending.length;
    if (this.#bytes.length - this.#end < needed) this.#grow(needed);
    this.#end += encoder.encodeInto(this.#pending, this.#bytes.subarray(this.#end)).written;
    this.#pending = "";
  }

  #grow(needed: number): void {
    const kept = this.#bytes.subarray(this.#start, this.#end);
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, kept.length + needed));
    bytes.set(kept);
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = kept.length;
  }
}
