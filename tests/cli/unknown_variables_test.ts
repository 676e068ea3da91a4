import assert from "node:assert/strict";
import { unknownVariables } from "../../src/cli/unknown_variables.ts";

Deno.test("a variable with the settings' prefix that is no setting is named, with the nearest", () => {
  const names = [
    "PATH",
    "SPACELIFT_PROMEX_LISTEN_ADRESS",
    "SPACELIFT_PROMEX_LISTEN_ADDRESS",
    "SPACELIFT_PROMEX_MAX_CONNECTIONS",
    "SPACELIFT_PROMEX_QQQQQQQQQ",
    "SPACELIFT_PROMEX_SEED",
  ];
  assert.deepEqual(unknownVariables(names), [
    'Unknown environment variable "SPACELIFT_PROMEX_LISTEN_ADRESS", did you mean ' +
    '"SPACELIFT_PROMEX_LISTEN_ADDRESS"',
    'Unknown environment variable "SPACELIFT_PROMEX_QQQQQQQQQ"',
  ]);
});
