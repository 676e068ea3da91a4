import { ApiError } from "./api_error.ts";

/** How many objects, lists and members of objects a reply may hold: a worker is four of them. */
export const MAX_PARTS = 300_000;
/** How deep a reply may be nested; the deepest query of the exporter has ten levels. */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Throws `ApiError` for JSON that takes long to parse and check: not its length costs time and memory
 * but its objects, lists and members, of which a few bytes each are enough. What is no JSON is left
 * to the parser.
 */
export function refuseCostlyJson(bytes: Uint8Array): void {
  let parts = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) {
        if (bytes[at] === BACKSLASH) at++;
      }
    } else if (byte === COLON) {
      parts++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      parts++;
      depth++;
      if (depth > MAX_DEPTH) throw tooCostly(`is nested more than ${MAX_DEPTH} levels deep`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--;
    }
    if (parts > MAX_PARTS) {
      throw tooCostly(`holds more than ${MAX_PARTS} objects, lists and members`);
    }
  }
}

function tooCostly(problem: string): ApiError {
  return new ApiError("bad_response", `The API's reply ${problem}`);
}
