import assert from "node:assert/strict";
import { type Io } from "../../src/app/io.ts";
import { run } from "../../src/app/run.ts";

/** Which permissions a command line gives up; writing comes before anything else. */
async function givenUp(args: readonly string[]): Promise<{ read: boolean; write: boolean }> {
  let dropped = false;
  let read = false;
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
      read = true;
      return Promise.resolve();
    },
    dropWritePermission: () => {
      dropped = true;
      return Promise.resolve();
    },
  };
  await run(args, io);
  return { read, write: dropped };
}

const ACCESS = ["-e", "http://no-such-host.invalid", "-k", "id", "-s", "secret"];

const COMMANDS: readonly (readonly string[])[] = [
  ["help"],
  ["version"],
  ["completion", "bash"],
  ["health", "-l", "127.0.0.1:1"],
  ["check", ...ACCESS],
  ["scrape", ...ACCESS],
];

for (const args of COMMANDS) {
  Deno.test(`"${args[0]}" gives up writing files before anything else`, async () => {
    const { write } = await givenUp(args);
    assert.equal(write, true);
  });
}

for (const command of ["serve", "demo"]) {
  Deno.test(`"${command}" gives up writing files before it fails to listen`, async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const access = command === "serve" ? ACCESS : [];
    const { write } = await givenUp([command, ...access, "-l", `127.0.0.1:${taken.addr.port}`]);
    assert.equal(write, true);
  });
}

Deno.test("scrape keeps the permissions to read and to write files only with --output", async () => {
  assert.deepEqual(await givenUp(["scrape", ...ACCESS]), { read: true, write: true });
  const writing = await givenUp(["scrape", ...ACCESS, "--output=/no/such/file"]);
  assert.deepEqual(writing, { read: false, write: false });
});

Deno.test("check gives up reading files once it has read those that its settings name", async () => {
  assert.deepEqual(await givenUp(["check", ...ACCESS]), { read: true, write: true });
});
