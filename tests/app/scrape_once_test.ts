import assert from "node:assert/strict";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { LISTED_PERMISSIONS, Program } from "../support/run_program.ts";
import { runInProcess } from "../support/run_in_process.ts";
import { tempFolder } from "../support/temp_folder.ts";

const ACCESS = ["-k", "demo-key", "-s", "demo-secret"];

Deno.test("scrape prints one scrape with the data of every collector, and ends with 0", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  const { code, stdout, stderr } = await runInProcess(["scrape", "-e", api.url, ...ACCESS]);
  assert.deepEqual([code, stderr], [0, ""]);
  const series = seriesOf(parseExposition(stdout, "text"));
  for (const name of ["spacelift_up", "spacelift_current_billing_period_used_seats"]) {
    assert.ok(series.has(`${name}{}`) || series.has(name), `no ${name}`);
  }
  assert.match(stdout, /^spacelift_stack_info\{/m, "the stacks were not walked");
  assert.doesNotMatch(stdout, /^process_|^spacelift_exporter_/m, "metrics of the exporter itself");
});

Deno.test("scrape prints OpenMetrics when asked to", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  const args = ["scrape", "-e", api.url, ...ACCESS, "--format=openmetrics"];
  const { code, stdout } = await runInProcess(args);
  assert.equal(code, 0);
  assert.ok(seriesOf(parseExposition(stdout, "openmetrics")).size > 0);
});

Deno.test("scrape ends with 1 when a collector failed, says why, and prints the rest", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  api.faults.set("PrometheusExporter_Usage", { status: 502 });
  api.faults.set("PrometheusExporter_Stacks", { status: 400 });
  const { code, stdout, stderr } = await runInProcess(["scrape", "-e", api.url, ...ACCESS]);
  assert.equal(code, 1);
  assert.match(stderr, /^usage: unreachable: The API answered with HTTP 502$/m);
  assert.match(stderr, /^stacks: bad_response: /m);
  assert.match(stdout, /^spacelift_worker_pool_workers\{/m);
});

Deno.test("scrape prints the account's totals where it may not walk over the stacks", async () => {
  for (
    const limits of [{ missingFields: ["Query.searchStacks"] }, {
      refusedToMachines: ["searchStacks"],
    }]
  ) {
    await using api = startSimulatedApi({ account: saasAccount(), ...limits });
    const { stdout } = await runInProcess(["scrape", "-e", api.url, ...ACCESS]);
    const total =
      /^spacelift_current_stacks_count_by_state\{space="",stack="",state="FINISHED"\} /m;
    assert.match(stdout, total);
  }
});

Deno.test("scrape leaves the file alone when there is nothing to write", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  await using folder = await tempFolder({ "old.prom": "old 1\n" });
  const path = new URL("old.prom", folder.url).pathname;
  const args = ["scrape", "-e", api.url, "-k", "demo-key", "-s", "wrong", "--output", path];
  const { code, stdout, stderr } = await runInProcess(args);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /^usage: unauthorized: /m);
  assert.equal(await Deno.readTextFile(path), "old 1\n");
});

Deno.test("scrape replaces a file, keeps its mode and where a link leads, and leaves nothing else", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  await using folder = await tempFolder({ "real.prom": "old 1\n" });
  const [real, link] = ["real.prom", "link.prom"].map((name) => new URL(name, folder.url).pathname);
  assert.ok(real !== undefined && link !== undefined);
  await Deno.chmod(real, 0o640);
  await Deno.symlink(real, link);
  const args = ["scrape", "-e", api.url, ...ACCESS, "--output", link];
  assert.equal((await runInProcess(args)).code, 0);
  assert.match(await Deno.readTextFile(real), /^spacelift_up 1$/m);
  assert.equal(((await Deno.stat(real)).mode ?? 0) & 0o777, 0o640);
  assert.ok((await Deno.lstat(link)).isSymlink);
  const names = (await Array.fromAsync(Deno.readDir(folder.url))).map(({ name }) => name);
  assert.deepEqual(names.sort(), ["link.prom", "real.prom"]);
});

Deno.test("scrape removes what killed ones have left, and nothing else", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  const id = "123e4567-e89b-42d3-a456-426614174000";
  const [old, other, recent, own] = [
    `.a.prom.${id}.tmp`,
    `.b.prom.${id}.tmp`,
    `.a.prom.${id.replaceAll("1", "2")}.tmp`,
    ".a.prom.mine.tmp",
  ];
  await using folder = await tempFolder({ [old]: "", [other]: "", [recent]: "", [own]: "" });
  for (const name of [old, other, own]) {
    await Deno.utime(new URL(name, folder.url), new Date(0), new Date(0));
  }
  const output = new URL("a.prom", folder.url).pathname;
  const args = ["scrape", "-e", api.url, ...ACCESS, "--output", output];
  assert.equal((await runInProcess(args)).code, 0);
  const names = (await Array.fromAsync(Deno.readDir(folder.url))).map(({ name }) => name);
  assert.deepEqual(names.sort(), [recent, own, other, "a.prom"].sort());
});

for (
  const [what, path, problem] of [
    ["a folder that is missing", "none/x.prom", "there is no such folder"],
    ["a folder in its place", "folder.prom", "it is a directory"],
  ] as const
) {
  Deno.test(`scrape says in one line that it cannot write into ${what}`, async () => {
    await using api = startSimulatedApi({ account: saasAccount() });
    await using folder = await tempFolder({ "folder.prom/inside": "" });
    const output = new URL(path, folder.url).pathname;
    const args = ["scrape", "-e", api.url, ...ACCESS, "--output", output];
    const { code, stderr } = await runInProcess(args);
    assert.equal(code, 1);
    assert.equal(stderr, `Cannot write --output ${JSON.stringify(output)}: ${problem}\n`);
  });
}

Deno.test("scrape shows its progress on a terminal, and wipes it away", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  const args = ["scrape", "-e", api.url, ...ACCESS];
  const { stderr } = await runInProcess(args, { isTerminal: true });
  assert.match(stderr, /^\rQuerying the account: \d+ requests, \d+\.\d s /);
  assert.ok(stderr.endsWith("\r\u001b[K"), "the line is left");
});

Deno.test("scrape ends at Ctrl-C", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  api.faults.set("*", { hang: true });
  const args = ["scrape", "-e", api.url, ...ACCESS, "--scrape-timeout=1h"];
  const { code, stdout, stderr } = await runInProcess(args, {
    onStart: (interrupt) => setTimeout(interrupt, 100),
  });
  assert.deepEqual([code, stdout, stderr], [1, "", "Interrupted\n"]);
});

Deno.test("scrape needs a permission to write files, and names it", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  await using folder = await tempFolder({});
  const output = new URL("new.prom", folder.url).pathname;
  const args = ["scrape", "-e", api.url, ...ACCESS, "--output", output];
  const refused = await new Program(args).ended;
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^Cannot write --output "[^"]+": Deno was started without [^\n]+\n$/,
  );
  const permissions = [...LISTED_PERMISSIONS, `--allow-write=${folder.url.pathname}`];
  assert.equal((await new Program(args, { permissions }).ended).code, 0);
  assert.match(await Deno.readTextFile(output), /^spacelift_up 1$/m);
});

Deno.test("scrape killed at any moment leaves the file old or new, and whole", async () => {
  await using api = startSimulatedApi({ account: saasAccount() });
  await using folder = await tempFolder({ "file.prom": "old 1\n# the end\n" });
  const output = new URL("file.prom", folder.url).pathname;
  const args = ["scrape", "-e", api.url, ...ACCESS, "--format=openmetrics", "--output", output];
  const permissions = [...LISTED_PERMISSIONS, `--allow-write=${folder.url.pathname}`];
  const started = performance.now();
  assert.equal((await new Program(args, { permissions }).ended).code, 0);
  const whole = performance.now() - started;
  let killed = 0;
  for (let time = 0; time < 20; time++) {
    const old = `old ${time}\n# the end\n`;
    await Deno.writeTextFile(output, old);
    await using program = new Program(args, { permissions });
    // Mostly late, when the file is being written.
    const moment = whole * (0.5 + 0.6 * Math.random());
    const timer = setTimeout(() => program.kill("SIGKILL"), moment);
    const { code } = await program.ended;
    clearTimeout(timer);
    if (code !== 0) killed++;
    const content = await Deno.readTextFile(output);
    const isNew = content.startsWith("# ") && content.endsWith("# EOF\n");
    assert.ok(isNew || content === old, `after ${moment} ms: ${content.slice(0, 100)}`);
    assert.ok(code !== 0 || isNew, "it ended well without having written");
    const names = (await Array.fromAsync(Deno.readDir(folder.url))).map(({ name }) => name);
    const seen = names.filter((name) => name.endsWith(".prom"));
    assert.deepEqual(seen, ["file.prom"], "node_exporter would read what is left");
  }
  assert.ok(killed > 0, "it was never killed");
});
