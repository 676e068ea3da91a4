import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { Program } from "../support/run_program.ts";

Deno.test("demo serves a simulated account of the size asked for, without one to name", async () => {
  const args = ["demo", "-l", "127.0.0.1:0", "--stacks=7", "--worker-pools=3"];
  await using program = new Program(args);
  const url = await program.listening();
  let series: [string, number][] = [];
  const scrape = async () => {
    const response = await fetch(`${url}/metrics`);
    assert.equal(response.status, 200);
    series = [...seriesOf(parseExposition(await response.text(), "text"))];
    return series.some(([key]) => key.startsWith("spacelift_stack_info{"));
  };
  await eventually(scrape, "no walk over the stacks");
  const sum = (name: string) =>
    series.filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0);
  assert.equal(sum("spacelift_current_stacks_count_by_state"), 7);
  const pools = series.filter(([key]) => key.startsWith("spacelift_worker_pool_workers{"));
  assert.equal(pools.length, 3);
  assert.match(await (await fetch(url)).text(), /<h1>Simulated account<\/h1>/);
  program.kill("SIGINT");
  assert.equal((await program.ended).code, 0);
});

Deno.test("demo warns of a flag that no longer has an effect, and starts", async () => {
  await using program = new Program(["demo", "-l", "127.0.0.1:0", "--max-connections=24"]);
  await program.listening();
  assert.match(program.output, /"level":"warn",[^\n]*"msg":"--max-connections no longer has an/);
});

Deno.test("demo shows figures that agree with each other", async () => {
  await using program = new Program(["demo", "-l", "127.0.0.1:0", "--workers-per-pool=4"]);
  const url = await program.listening();
  const response = await fetch(`${url}/metrics`);
  const series = seriesOf(parseExposition(await response.text(), "text"));
  for (const [name, workers] of series) {
    if (!name.startsWith("spacelift_worker_pool_workers{")) continue;
    const of = (family: string) => series.get(name.replace("_workers{", `_${family}{`)) ?? NaN;
    assert.equal(workers, 4);
    assert.ok(of("workers_busy") <= workers, `${name}: more busy workers than there are`);
    assert.ok(of("workers_drained") <= workers, `${name}: more drained workers than there are`);
    assert.ok(of("runs_pending") >= 0, `${name}: no pending runs`);
  }
});
