import { ApiError } from "./api_error.ts";
import { refuseCostlyJson } from "./costly_json.ts";

const FIRST_BUFFER_BYTES = 64 * 1024;

/**
 * The text of a reply's body, cheap to parse as JSON; throws `ApiError` when it is longer than
 * `maxBytes`, is not UTF-8 or would take long to parse.
 */
export async function readReply(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
): Promise<string> {
  const bytes = body === null ? new Uint8Array() : await readBytes(body, maxBytes);
  refuseCostlyJson(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("bad_response", "The API's reply is not UTF-8", { cause });
  }
}

/** Reads into one buffer: every chunk of its own would take 64 KiB, however few bytes it holds. */
async function readBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader({ mode: "byob" });
  // One byte more than is allowed, which only a reply that is too long fills.
  let buffer = new ArrayBuffer(Math.min(FIRST_BUFFER_BYTES, maxBytes + 1));
  let length = 0;
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(buffer, length));
    if (value === undefined) return new Uint8Array();
    buffer = value.buffer;
    if (done) return new Uint8Array(buffer, 0, length);
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new ApiError("bad_response", `The API's reply is longer than ${maxBytes} bytes`);
    }
    if (length === buffer.byteLength) {
      buffer = buffer.transfer(Math.min(2 * length, maxBytes + 1));
    }
  }
}
