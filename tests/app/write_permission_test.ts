import assert from "node:assert/strict";
import { type Io } from "../../src/app/io.ts";
import { run } from "../../src/app/run.ts";

/** Whether a command line gives up writing files, and how often it has done anything before. */
async function givesUpWriting(args: readonly string[]): Promise<boolean> {
  let dropped = false;
  const io: Io = {
    env: () => undefined,
    setEnv: () => {},
    variables: () => [],
    stdout: () => assert.ok(dropped, "it prints first"),
    stderr: () => {},
    written: () => Promise.resolve(),
    isTerminal: false,
    signals: () => ({ [Symbol.dispose]: () => {} }),
    dropReadPermission: () => {
      assert.ok(dropped, "it gives up reading first");
      return Promise.resolve();
    },
    dropWritePermission: () => {
      dropped = true;
      return Promise.resolve();
    },
  };
  await run(args, io);
  return dropped;
}

const ACCESS = ["-e", "http://no-such-host.invalid", "-k", "id", "-s", "secret"];

for (const args of [["help"], ["health", "-l", "127.0.0.1:9"], ["scrape", ...ACCESS]]) {
  Deno.test(`"${args[0]}" gives up writing files before anything else`, async () => {
    assert.equal(await givesUpWriting(args), true);
  });
}

Deno.test("scrape keeps the permission to write files only with --output", async () => {
  assert.equal(await givesUpWriting(["scrape", ...ACCESS, "--output=/no/such/file"]), false);
});
