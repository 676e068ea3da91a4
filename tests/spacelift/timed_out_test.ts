import assert from "node:assert/strict";
import { timedOut } from "../../src/spacelift/timed_out.ts";

for (const [ms, written] of [[20, "20ms"], [5000, "5s"], [90_000, "1m30s"]] as const) {
  Deno.test(`a time-out of ${ms} ms is told as ${written}, as flags take it`, () => {
    const error = timedOut(ms);
    assert.equal(error.reason, "timeout");
    assert.equal(error.message, `The API did not answer within ${written}`);
  });
}
