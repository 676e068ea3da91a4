import assert from "node:assert/strict";
import { emptyAccount, plainRun, plainStack } from "../../src/demo/api/account.ts";
import { webhookHandler, webhookSecret } from "../../src/app/webhook.ts";
import { Secret } from "../../src/secret.ts";
import { signBody } from "../../src/webhook_signature.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { type Program, Program as Started, runProgram } from "../support/run_program.ts";
import { runTool } from "../support/run_tool.ts";
import { serveAccount } from "../support/serve_account.ts";
import { startExporter } from "../support/start_exporter.ts";
import { startTestServer } from "../support/start_test_server.ts";
import { tempFile } from "../support/temp_file.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { hasTool } from "../support/tools.ts";

const CANARY = "canary-of-the-webhook-31c7";
const BY_ID = "PrometheusExporter_RunsById";
const PAGE = "PrometheusExporter_Runs";

/** Where the program listens for webhooks. */
async function webhookUrl(program: Program): Promise<string> {
  await program.until('"msg":"Listening for webhooks"');
  const [, port] = /"at":"[^"]*:(\d+)\/webhook"/.exec(program.output) ?? [];
  return `http://127.0.0.1:${port}/webhook`;
}

async function post(url: string, payload: object, secret = CANARY): Promise<number> {
  const body = new TextEncoder().encode(JSON.stringify(payload));
  const headers = { "x-signature-256": signBody(body, new Secret(secret)) };
  const response = await fetch(url, { method: "POST", headers, body });
  await response.body?.cancel();
  return response.status;
}

async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  return seriesOf(parseExposition(await response.text(), "text"));
}

const requests = (result: string) => `spacelift_webhook_requests_total{result="${result}"}`;

Deno.test("a webhook makes the exporter ask for its run at once, and shows in its metrics", async () => {
  const account = {
    ...emptyAccount(),
    stacks: [plainStack("a")],
    runs: [{ ...plainRun("r7", "a", ["QUEUED"]), createdAt: Math.floor(Date.now() / 1000) }],
  };
  await using test = serveAccount({
    account,
    flags: [
      "--webhook-listen-address=127.0.0.1:0",
      `--webhook-secret=${CANARY}`,
      "--runs-refresh-interval=1h",
    ],
  });
  const [url, webhook] = await Promise.all([
    test.program.listening(),
    webhookUrl(test.program),
  ]);
  await test.demo.requests.arrived(PAGE, 1);
  const before = await scrape(url);
  assert.equal(before.get(requests("accepted")), 0);
  assert.equal(before.get("spacelift_webhook_last_received_timestamp_seconds"), undefined);
  assert.equal(await post(webhook, { run: { id: "r7" }, stack: { id: "a" } }), 200);
  assert.equal(await post(webhook, { run: { id: "r7" }, stack: { id: "a" } }), 200);
  assert.equal(await post(webhook, {}), 200);
  assert.equal(await post(webhook, { run: { id: "r8" } }, "wrong"), 401);
  await test.demo.requests.arrived(BY_ID);
  assert.deepEqual(test.demo.requests.list(BY_ID)[0]?.variables, { r0: "r7", s0: "a" });
  const after = await scrape(url);
  const counts = ["accepted", "ignored", "malformed", "refused", "unauthorized"]
    .map((result) => after.get(requests(result)));
  assert.deepEqual(counts, [2, 1, 0, 0, 1]);
  const last = after.get("spacelift_webhook_last_received_timestamp_seconds") ?? 0;
  assert.ok(Math.abs(Date.now() / 1000 - last) < 60);
  test.program.kill("SIGTERM");
  const { code, stderr } = await test.program.ended;
  assert.equal(code, 0);
  for (const hidden of [CANARY, "r7", "r8"]) assert.ok(!stderr.includes(hidden), stderr);
  await assert.rejects(post(webhook, {}), "the webhook outlives the exporter");
});

Deno.test("a webhook keeps no hints where no collector takes them, and answers as ever", async () => {
  using _log = captureLog();
  const flags = ["--webhook-listen-address=127.0.0.1:0", `--webhook-secret=${CANARY}`];
  await using heeded = startExporter({ background: true, flags });
  assert.equal(heeded.exporter.hints?.size, 0);
  await using test = startExporter({ background: true, flags: [...flags, "--no-collector.runs"] });
  assert.equal(test.exporter.hints, undefined);
  const secret = () => Promise.resolve(new Secret(CANARY));
  await using server = startTestServer(
    webhookHandler(test.exporter, { secret, clock: test.clock }),
  );
  const webhook = `${server.url}/webhook`;
  assert.equal(await post(webhook, { run: { id: "r7" }, stack: { id: "a" } }), 200);
  assert.equal(await post(webhook, { run: { id: "r7" } }, "wrong"), 401);
  const response = await test.get();
  const series = seriesOf(parseExposition(await response.text(), "text"));
  assert.equal(series.get(requests("accepted")), 1);
  assert.equal(series.get(requests("unauthorized")), 1);
});

Deno.test("a webhook's secret file is read again when it changes", async () => {
  await using file = await tempFile(`${CANARY}\n`);
  await using test = serveAccount({
    account: emptyAccount(),
    flags: ["--webhook-listen-address=127.0.0.1:0", `--webhook-secret-file=${file.path}`],
  });
  const webhook = await webhookUrl(test.program);
  assert.equal(await post(webhook, {}), 200);
  await Deno.writeTextFile(file.path, "rotated");
  await eventually(async () => await post(webhook, {}, "rotated") === 200, "the old secret stays");
  assert.equal(await post(webhook, {}), 401);
  await Deno.remove(file.path);
  await eventually(
    async () => {
      assert.equal(await post(webhook, {}, "rotated"), 200);
      return test.program.output.includes("Cannot reread the webhook's secret");
    },
    "nothing is said of the file that is gone",
  );
  await Deno.writeTextFile(file.path, "");
});

Deno.test("a webhook's secret file that is gone is one record, however many deliveries come", async () => {
  using log = captureLog();
  await using file = await tempFile(CANARY);
  const clock = new FakeClock();
  const secret = await webhookSecret({ file: file.path }, clock);
  const reads = async (expected: string) => {
    for (let delivery = 0; delivery < 3; delivery++) {
      await clock.advance(1000);
      assert.equal((await secret()).reveal(), expected);
    }
  };
  await reads(CANARY);
  await Deno.remove(file.path);
  await reads(CANARY);
  assert.equal(log.records.length, 1, log.text);
  await Deno.writeTextFile(file.path, "rotated");
  await reads("rotated");
  await Deno.writeTextFile(file.path, "");
  await reads("rotated");
  assert.equal(log.records.length, 2, log.text);
});

const ignore = !await hasTool("openssl", "version");

const TLS = "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n";

Deno.test("a webhook has a web configuration of its own, renewed as that of the exporter", {
  ignore,
}, async () => {
  const first = await makeCertificate({ name: "first" });
  const second = await makeCertificate({ name: "second" });
  await using folder = await tempFolder({
    "web.yml": `${TLS}http_server_config: {headers: {X-Frame-Options: deny}}\n`,
    "tls.crt": first.cert,
    "tls.key": first.key,
  });
  await using test = serveAccount({
    account: emptyAccount(),
    flags: [
      "--webhook-listen-address=127.0.0.1:0",
      `--webhook-secret=${CANARY}`,
      `--webhook-web.config.file=${new URL("web.yml", folder.url).pathname}`,
    ],
  });
  const url = await test.program.listening();
  const webhook = (await webhookUrl(test.program)).replace("http:", "https:");
  assert.ok(test.program.output.includes('"scheme":"https"'));
  const deliver = async () => {
    const body = '{"run":{"id":"r1"}}';
    const signature = signBody(new TextEncoder().encode(body), new Secret(CANARY));
    const header = `X-Signature-256: ${signature}`;
    const { stdout, stderr } = await runTool("curl", [
      ...["-sSkv", "-m10", "-i", "-H", header, "--data-binary", body, webhook],
    ]);
    return stdout + stderr;
  };
  const reply = await deliver();
  assert.match(reply, /^HTTP\/\S+ 200 /m);
  assert.match(reply, /^x-frame-options: deny\r$/im);
  assert.match(reply, /subject: CN=first/);
  assert.equal((await scrape(url)).get(requests("accepted")), 1, "the exporter itself speaks TLS");
  await assert.rejects(post(webhook.replace("https:", "http:"), {}), "it answers plain HTTP, too");
  const reloaded = "spacelift_exporter_web_config_reload_success";
  await Deno.writeTextFile(new URL("tls.crt", folder.url), second.cert);
  test.program.kill("SIGHUP");
  await eventually(async () => (await scrape(url)).get(reloaded) === 0, "a wrong pair is in use");
  assert.match(await deliver(), /subject: CN=first/);
  await Deno.writeTextFile(new URL("tls.key", folder.url), second.key);
  test.program.kill("SIGHUP");
  await eventually(async () => /subject: CN=second/.test(await deliver()), "the old one stays");
  assert.equal((await scrape(url)).get(reloaded), 1);
});

/** Starts that are refused, and what is said. */
const REFUSED: Readonly<Record<string, readonly [string[], RegExp]>> = {
  "no such secret file": [
    ["--webhook-secret-file=/nowhere"],
    /^Cannot read --webhook-secret-file "\/nowhere": there is no such file\n$/,
  ],
  "no such web configuration": [
    ["--webhook-secret=x", "--webhook-web.config.file=/nowhere"],
    /^Cannot use --webhook-web\.config\.file "\/nowhere": there is no such file\n$/,
  ],
  "no secret": [[], /^Missing --webhook-secret or --webhook-secret-file: [^\n]*\n$/],
};

for (const [what, [flags, message]] of Object.entries(REFUSED)) {
  Deno.test(`a webhook is refused at the start: ${what}`, async () => {
    const { code, stderr } = await runProgram([
      ...["serve", "-e", "https://a.example", "-k", "id", "-s", "secret", "-l", "127.0.0.1:0"],
      ...["--webhook-listen-address=127.0.0.1:0", ...flags],
    ]);
    assert.match(stderr, message);
    assert.equal(code, 1);
  });
}

Deno.test("a webhook is refused at the start: its port is in use", async () => {
  await using taken = startTestServer(() => new Response());
  const { code, stderr } = await runProgram([
    ...["demo", "-l", "127.0.0.1:0", "--webhook-secret=x"],
    `--webhook-listen-address=127.0.0.1:${taken.port}`,
  ]);
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  assert.match(last, /^Cannot listen on --webhook-listen-address "127.0.0.1:\d+": /);
  assert.equal(code, 1);
});

Deno.test("the demo sends webhooks that its own exporter takes", async () => {
  const port = freePort();
  await using program = new Started([
    ...["demo", "-l", "127.0.0.1:0", `--webhook-secret=${CANARY}`],
    `--webhook-listen-address=127.0.0.1:${port}`,
    `--webhook-url=http://127.0.0.1:${port}/webhook`,
  ]);
  const url = await program.listening();
  await eventually(
    async () => (await scrape(url)).get(requests("accepted")) !== 0,
    "no webhook arrives",
  );
  const series = await scrape(url);
  assert.equal(series.get(requests("unauthorized")), 0);
  assert.equal(series.get(requests("malformed")), 0);
  program.kill("SIGTERM");
  assert.equal((await program.ended).code, 0);
  assert.ok(!program.output.includes(CANARY));
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
