import assert from "node:assert/strict";
import { Output } from "../../src/app/io.ts";
import { LISTED_PERMISSIONS } from "../support/run_program.ts";

/** A stream that takes some bytes at a time, as far as it is let. */
class Sink {
  received = "";
  readonly #gate: Promise<void>;

  constructor(gate: Promise<void> = Promise.resolve()) {
    this.#gate = gate;
  }

  async write(data: Uint8Array): Promise<number> {
    await this.#gate;
    const part = data.subarray(0, 3);
    this.received += new TextDecoder().decode(part);
    return part.length;
  }
}

Deno.test("output is written whole and in order, however little is taken at a time", async () => {
  const sink = new Sink();
  const output = new Output(sink);
  for (const text of ["first line\n", "second\n", ""]) output.write(text);
  await output.written();
  assert.equal(sink.received, "first line\nsecond\n");
});

Deno.test("output that nobody reads holds up nobody and is bounded", async () => {
  const gate = Promise.withResolvers<void>();
  const sink = new Sink(gate.promise);
  const output = new Output(sink);
  for (let n = 0; n < 5000; n++) output.write("x\n");
  gate.resolve();
  await output.written();
  assert.equal(sink.received, "x\n".repeat(1000));
  output.write("again\n");
  await output.written();
  assert.ok(sink.received.endsWith("again\n"), "nothing is written after some was dropped");
});

Deno.test("output whose reader is gone is no error", async () => {
  const output = new Output({ write: () => Promise.reject(new Deno.errors.BrokenPipe()) });
  output.write("text\n");
  await output.written();
  assert.equal(output.problem, undefined);
});

Deno.test({
  name: "output that a full disk does not take ends the command with 1, and says why",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const run = ["run", "--frozen", "--no-prompt", ...LISTED_PERMISSIONS, "main.ts", "version"];
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'exec "$0" "$@" > /dev/full', Deno.execPath(), ...run],
      cwd: new URL("../../", import.meta.url),
    }).output();
    const said = new TextDecoder().decode(stderr);
    assert.match(said, /^Cannot write to standard output: No space left on device/);
    assert.equal(code, 1);
  },
});
