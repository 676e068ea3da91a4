import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import { FakeClock } from "./fake_clock.ts";
import { Program, runProgram } from "./run_program.ts";

Deno.test("a program that does not end is killed at its time limit, and shown", async () => {
  for (const timeLimit of [undefined, 5000]) {
    const clock = new FakeClock();
    const program = new Program(["demo", "--listen-address=127.0.0.1:0", "--stacks=1"], {
      clock,
      ...(timeLimit !== undefined && { timeLimit }),
    });
    using _ = { [Symbol.dispose]: () => program.kill("SIGKILL") };
    let problem: unknown;
    program.ended.catch((error) => problem = error);
    const url = await program.listening();
    await clock.advance((timeLimit ?? 180_000) - 1);
    await (await fetch(`${url}/health`)).text();
    await clock.advance(1);
    await eventually(() => problem !== undefined, "The program still runs");
    const expected = `did not end within ${timeLimit ?? 180_000} ms: .*"msg":"Listening"`;
    assert.match(String(problem), new RegExp(expected, "s"));
    await assert.rejects(fetch(`${url}/health`), TypeError);
    await assert.rejects(program[Symbol.asyncDispose](), (error) => error === problem);
  }
});

Deno.test("a program that ends leaves no time limit running", async () => {
  const clock = new FakeClock();
  assert.equal((await runProgram(["--version"], { clock })).code, 0);
  assert.equal(clock.pending, 0);
});
