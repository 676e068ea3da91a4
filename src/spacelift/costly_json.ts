import { ApiError } from "./api_error.ts";

/** How many objects and lists a reply may hold: those of 100,000 workers and more. */
export const MAX_CONTAINERS = 250_000;
/** How deep a reply may be nested; the deepest that is asked for has ten levels. */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Throws `ApiError` for JSON that takes long to parse: what costs time and memory is not its length
 * but its objects and lists, of which a few bytes each are enough. Leaves all other errors to the parser.
 */
export function refuseCostlyJson(bytes: Uint8Array): void {
  let containers = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) {
        if (bytes[at] === BACKSLASH) at++;
      }
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      containers++;
      depth++;
      if (containers > MAX_CONTAINERS) {
        throw tooCostly(`holds more than ${MAX_CONTAINERS} objects and lists`);
      }
      if (depth > MAX_DEPTH) throw tooCostly(`is nested more than ${MAX_DEPTH} levels deep`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--;
    }
  }
}

function tooCostly(problem: string): ApiError {
  return new ApiError("bad_response", `The API's reply ${problem}`);
}
