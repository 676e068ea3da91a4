import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { Program, runProgram } from "../support/run_program.ts";

const CANARY = "canary-8c1d";

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

Deno.test("demo says on /metrics and in its log that the account is simulated", async () => {
  await using program = new Program(["demo", "-l", "127.0.0.1:0", "--seed=5"]);
  const url = await program.listening();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^spacelift_build_info\{.*version="[\d.]+\+simulated"\} 1$/m);
  await program.until('"msg":"The account is simulated"');
  assert.match(program.output, /"msg":"Listening",.*"simulated":true/);
  assert.match(program.output, /"msg":"The account is simulated","simulated":true,.*"seed":5/);
});

Deno.test("demo scrapes itself, so that its page lives before anyone has scraped it", async () => {
  await using program = new Program(["demo", "-l", "127.0.0.1:0"]);
  const url = await program.listening();
  await eventually(
    async () => (await (await fetch(url)).text()).includes("default-workers"),
    "the page shows no worker pool",
  );
});

Deno.test("demo works where the environment names a proxy", async () => {
  const proxy = "http://127.0.0.1:9";
  const surroundings = { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy, NO_PROXY: "" };
  await using program = new Program(["demo", "-l", "127.0.0.1:0"], { surroundings });
  await program.until("The API accepted the API key");
});

Deno.test("a second exporter can use the demo's account, with a key and at an address to choose", async () => {
  const port = freePort();
  const access = ["--api-key-id=me", `--api-key-secret=${CANARY}`];
  const address = `--api-listen-address=127.0.0.1:${port}`;
  await using program = new Program(["demo", "-l", "127.0.0.1:0", address, ...access]);
  await program.listening();
  const endpoint = `--api-endpoint=http://127.0.0.1:${port}`;
  await using second = new Program(["serve", "-l", "127.0.0.1:0", endpoint, ...access]);
  const metrics = await (await fetch(`${await second.listening()}/metrics`)).text();
  assert.match(metrics, /^spacelift_up 1$/m);
  assert.doesNotMatch(metrics, /simulated/, "who asks from outside cannot know");
  assert.ok(!program.output.includes(CANARY), "the secret is shown");
});

Deno.test("demo says in one line that the API's address is taken", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const args = ["demo", "-l", "127.0.0.1:0", `--api-listen-address=127.0.0.1:${port}`];
  const { code, stderr } = await runProgram(args);
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot listen on --api-listen-address "127\.0\.0\.1:\d+": [^\n]+\n$/);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
