import assert from "node:assert/strict";
import { LISTED_PERMISSIONS } from "../support/run_program.ts";

Deno.test("an environment value that is no UTF-8 is refused in one line without the value", async () => {
  const serve = ["serve", "--api-endpoint", "http://127.0.0.1:9953", "--api-key-id", "key"];
  const program = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    ...LISTED_PERMISSIONS,
    "main.ts",
  ];
  // Deno itself passes on only valid text, so that a shell has to make the value.
  const script = `SPACELIFT_PROMEX_API_KEY_SECRET="$(printf 'CANARY\\377')" exec "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...program, ...serve],
  }).output();
  assert.equal(code, 1);
  assert.equal(new TextDecoder().decode(stdout), "");
  assert.equal(
    new TextDecoder().decode(stderr),
    "Cannot read SPACELIFT_PROMEX_API_KEY_SECRET: its value is not UTF-8\n",
  );
});
