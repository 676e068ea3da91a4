import { gzipSync } from "node:zlib";
import { BODY_CANARY, fails, type FaultRow } from "./fault_row.ts";

const MIB = 1024 * 1024;
const NOT_JSON = /something other than JSON$/;
const NO_RESULT = /^The API's reply is not a GraphQL result$/;
const NOT_AS_EXPECTED =
  /^The API's reply is not as expected: \S+ (should be [\w ]+, got [\w ]+|is missing)$/;
const TOO_LONG = /larger than 1048576 bytes$/;
const TOO_MANY = /holds more than 300000 values$/;

/** Bodies with status 200 that hold no reply. */
export const BODY_FAULTS: readonly FaultRow[] = [
  {
    name: "65 MiB",
    fault: () => ({ body: repeated(65) }),
    outcome: fails("bad_response", TOO_LONG),
  },
  {
    name: "without end",
    fault: () => ({ body: repeated(Infinity) }),
    outcome: fails("bad_response", TOO_LONG),
  },
  {
    name: "gzip bomb",
    fault: () => ({ headers: { "content-encoding": "gzip" }, body: bomb() }),
    outcome: fails("bad_response", TOO_LONG),
  },
  {
    name: "said to be gzip but is not",
    fault: () => ({ headers: { "content-encoding": "gzip" }, body: BODY_CANARY }),
    outcome: fails("unreachable", /^Cannot reach the API: /),
  },
  {
    name: "HTML",
    fault: () => ({ headers: { "content-type": "text/html" }, body: `<p>${BODY_CANARY}</p>` }),
    outcome: fails("bad_response", NOT_JSON),
  },
  body("HTML that is said to be JSON", `<p>${BODY_CANARY}</p>`, NO_RESULT),
  body("empty", "", NO_RESULT),
  body("JSON cut short", `{"data":{"usage":{"usedSeats":"${BODY_CANARY}`, NO_RESULT),
  body("null", "null", NO_RESULT),
  body("[]", "[]", NOT_AS_EXPECTED),
  body("a list of replies", `[{"data":{"usage":"${BODY_CANARY}"}}]`, NOT_AS_EXPECTED),
  body("a text", `"${BODY_CANARY}"`, NO_RESULT),
  body("a number", "7", NO_RESULT),
  body("{}", "{}", NOT_AS_EXPECTED),
  body('{"data":null}', '{"data":null}', NOT_AS_EXPECTED),
  body('{"data":[]}', '{"data":[]}', NO_RESULT),
  body("data of another question", `{"data":{"${BODY_CANARY}":1}}`, NOT_AS_EXPECTED),
  body("deeply nested JSON", `{"data":${"[".repeat(1e5)}${"]".repeat(1e5)}}`, NO_RESULT),
  body("JSON of empty lists", `{"data":[${"[],".repeat(3e5 + 1)}1]}`, TOO_MANY),
  {
    name: "broken UTF-8",
    fault: () => ({ body: Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d) }),
    outcome: fails("bad_response", /^The API's reply is not UTF-8/),
  },
  {
    name: "UTF-8 cut within a character",
    fault: () => ({ body: Uint8Array.of(0x7b, 0x7d, 0xe2, 0x82) }),
    outcome: fails("bad_response", /^The API's reply is not UTF-8/),
  },
];

function body(name: string, text: string, log: RegExp): FaultRow {
  return { name, fault: () => ({ body: text }), outcome: fails("bad_response", log) };
}

function repeated(mib: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(MIB).fill(0x20);
  let left = mib;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(piece);
      else controller.close();
    },
  });
}

function bomb(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(new Uint8Array(100 * MIB).fill(0x20), { level: 1 }));
}
