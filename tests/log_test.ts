import assert from "node:assert/strict";
import { log, LOG_LEVELS, type LogFormat } from "../src/log.ts";
import { captureLog } from "./support/capture_log.ts";

const TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

for (const [index, level] of LOG_LEVELS.entries()) {
  Deno.test(`the log at level ${level} has the records from there on`, () => {
    using captured = captureLog({ level });
    for (const one of LOG_LEVELS) log[one](`A record at ${one}`);
    const words = captured.records.map((line) => JSON.parse(line).level);
    assert.deepEqual(words, LOG_LEVELS.slice(index));
  });
}

const RECORD = {
  text: "plain",
  spaced: "two words",
  quoted: 'a "b" \\ c=d',
  control: "\u0085",
  empty: "",
  list: ["a", "b"],
  number: 1.5,
  missing: undefined,
  error: new Error("outer", { cause: new Error("inner") }),
  nested: { a: 1 },
};

const FORMS: Readonly<Record<LogFormat, RegExp>> = {
  json: new RegExp(
    `^{"level":"warn","ts":"${TIME}","msg":"It happens","text":"plain","spaced":"two words",` +
      String.raw`"quoted":"a \\"b\\" \\\\ c=d","control":"[^"]+","empty":"","list":\["a","b"\],` +
      `"number":1.5,"error":"outer: inner","nested":{"a":1}}\n$`,
  ),
  logfmt: new RegExp(
    `^level=warn ts=${TIME} msg="It happens" text=plain spaced="two words" ` +
      String.raw`quoted="a \\"b\\" \\\\ c=d" control="\\u0085" empty="" list=a,b ` +
      String.raw`number=1.5 error="outer: inner" nested="{\\"a\\":1}"` + "\n$",
  ),
  text: /^[\d:.]{12} WARN {2}It happens text="plain" spaced="two words" .* control="\\u0085" .*\n$/,
};

for (const format of ["json", "logfmt", "text"] as const) {
  Deno.test(`a record as ${format} is one line`, () => {
    using captured = captureLog({ format });
    log.warn("It happens", RECORD);
    assert.equal(captured.records.length, 1);
    assert.match(captured.text, FORMS[format]);
  });
}
