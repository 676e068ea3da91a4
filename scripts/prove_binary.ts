/**
 * Proves on Linux, as root, that the built binary works where it has next to nothing, and that it
 * is refused what it was not granted.
 *
 *     deno task prove [--binary dist/linux-amd64/spacelift-promex]
 *
 * Needs bubblewrap, promtool, and pkill.
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { startDemoServer } from "../src/demo/api/server.ts";
import { Simulation } from "../src/demo/life/simulation.ts";
import { Checks } from "./checks.ts";
import { compile, compilerFor } from "./release/compile.ts";
import { runCommand, tryCommand } from "./run_command.ts";
import {
  runInSandbox,
  SandboxedExporter,
  type SandboxOptions,
} from "./proof/sandboxed_exporter.ts";
import { say } from "./say.ts";
import { findTarget } from "./release/targets.ts";

const MEMORY_LIMIT = 128;
const SECRET_PATH = "/run/secrets/api-key";
const OPENMETRICS = "application/openmetrics-text;version=1.0.0";

const { values } = parseArgs({
  options: { binary: { type: "string", default: "dist/linux-amd64/spacelift-promex" } },
});
try {
  await Deno.stat(values.binary);
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  say(`There is no ${values.binary}: make it with "deno task snapshot", or name one with --binary`);
  Deno.exit(1);
}
const checks = new Checks(say);
const directory = await Deno.makeTempDir({ prefix: "spacelift-promex-" });
try {
  await proveService();
  await proveRefusals();
} finally {
  await Deno.remove(directory, { recursive: true });
}
Deno.exit(checks.failures === 0 ? 0 : 1);

async function proveService(): Promise<void> {
  const apiKey = { id: "proof", secret: crypto.randomUUID() };
  const simulation = new Simulation({
    stacks: 300,
    workerPools: 4,
    workersPerPool: 5,
    seed: 1,
    startedAt: Math.floor(Date.now() / 1000),
  });
  await using server = startDemoServer({
    account: () => simulation.account,
    apiKeyId: apiKey.id,
    apiKeySecret: apiKey.secret,
  });
  const secret = `${directory}/api-key`;
  await Deno.writeTextFile(secret, apiKey.secret);
  await Deno.chmod(directory, 0o755);
  const sandbox: SandboxOptions = {
    binary: values.binary,
    memory: MEMORY_LIMIT,
    env: {
      SPACELIFT_PROMEX_API_ENDPOINT: server.url,
      SPACELIFT_PROMEX_API_KEY_ID: apiKey.id,
      SPACELIFT_PROMEX_API_KEY_SECRET_FILE: SECRET_PATH,
      SPACELIFT_PROMEX_LISTEN_ADDRESS: "127.0.0.1:0",
    },
    files: { [SECRET_PATH]: secret },
  };
  await checks.run("prints its version", async () => {
    return (await runInSandbox(sandbox, ["--version"])).trim();
  });
  await checks.run("replaces a file by one scrape, and writes nothing else", async () => {
    const output = `${directory}/output`;
    await Deno.mkdir(output);
    const folders = { "/run/output": output };
    await runInSandbox({ ...sandbox, folders }, ["scrape", "--output", "/run/output/one.prom"]);
    assert.match(await Deno.readTextFile(`${output}/one.prom`), /^spacelift_up 1$/m);
    const names = (await Array.fromAsync(Deno.readDir(output))).map(({ name }) => name);
    assert.deepEqual(names, ["one.prom"]);
  });
  const exporter = await SandboxedExporter.start(sandbox);
  say(`It listens on ${exporter.address}, ${exporter.startTime} ms after the sandbox was started`);
  const url = `http://${exporter.address}/metrics`;
  await checks.run("walks the stacks and gets data from every collector", async () => {
    const wanted = /^spacelift_current_stacks_count_by_state{space="root",stack="/m;
    let text = "";
    for (let tries = 0; tries < 50 && !wanted.test(text); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      text = await scrape(url, "text/plain;version=0.0.4");
    }
    assert.match(text, wanted);
    assert.doesNotMatch(text, /^spacelift_scrape_collector_success{.*} 0$/m);
  });
  await checks.run("answers in the text format, to promtool's liking", async () => {
    const text = await scrape(url, "text/plain;version=0.0.4");
    assert.match(text, /^spacelift_up 1$/m);
    const path = `${directory}/metrics.txt`;
    await Deno.writeTextFile(path, text);
    const { code, stderr } = await tryCommand("sh", ["-c", `promtool check metrics < ${path}`]);
    // 3 means remarks on names, which the tests compare with those known.
    assert.ok(code === 0 || code === 3, stderr);
  });
  await checks.run("answers in the OpenMetrics format", async () => {
    const text = await scrape(url, OPENMETRICS);
    assert.match(text, /^spacelift_up 1(?:\.0)?$/m);
    assert.ok(text.endsWith("\n# EOF\n"), "the end is missing");
  });
  await checks.run("is healthy in the words of its own command", async () => {
    const env = { ...sandbox.env, SPACELIFT_PROMEX_LISTEN_ADDRESS: exporter.address };
    return (await runInSandbox({ ...sandbox, env }, ["health"])).trim();
  });
  await checks.run("ends with code 0 on SIGTERM", async () => {
    assert.equal(await exporter.stop(), 0);
  });
  await checks.run("health fails once it has ended", async () => {
    const env = { ...sandbox.env, SPACELIFT_PROMEX_LISTEN_ADDRESS: exporter.address };
    await assert.rejects(runInSandbox({ ...sandbox, env }, ["health"]), /failed with code 1/);
  });
}

async function scrape(url: string, accept: string): Promise<string> {
  const response = await fetch(url, { headers: { accept } });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const type = response.headers.get("content-type") ?? "";
  const [wanted = ""] = accept.split(";");
  assert.ok(type.startsWith(wanted), `the content type is "${type}"`);
  return text;
}

/** Compiles a program with the exporter's permissions that tries what they do not cover. */
async function proveRefusals(): Promise<void> {
  const target = findTarget();
  const compiler = await compilerFor(target);
  const probe = await compile("scripts/proof/probe.ts", { target, compiler, directory });
  const lines = (await runCommand(probe, [])).trim().split("\n");
  for (const line of lines) {
    const [name, outcome] = line.split("\t");
    await checks.run(`may not ${name}`, () => assert.equal(outcome, "NotCapable"));
  }
}
