import { ApiError } from "./api_error.ts";
import { refuseCostlyJson } from "./costly_json.ts";

const FIRST_BUFFER_BYTES = 16 * 1024;

/**
 * Reads a reply's body as text that is cheap to parse as JSON; throws `ApiError` when it is larger
 * than `maxBytes`, is not UTF-8 or would take long to parse.
 */
export async function readReply(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
): Promise<string> {
  const bytes = body === null ? new Uint8Array() : await readBytes(body, maxBytes);
  const text = decode(bytes);
  refuseCostlyJson(text);
  return text;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("bad_response", "The API's reply is not UTF-8", { cause });
  }
}

/** Reads into one buffer: separate chunks would take 64 KiB each, however few bytes they hold. */
async function readBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader({ mode: "byob" });
  // One byte more than allowed, which only an oversized reply fills.
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
      throw new ApiError("bad_response", `The API's reply is larger than ${maxBytes} bytes`);
    }
    if (length === buffer.byteLength) {
      buffer = buffer.transfer(Math.min(2 * length, maxBytes + 1));
    }
  }
}
