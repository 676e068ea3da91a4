import assert from "node:assert/strict";
import { exchangeRemedy } from "../../src/app/check_remedies.ts";
import { explainTls } from "../../src/app/tls_remedy.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { type SimulatedApiOptions, startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { RawServer } from "../support/raw_server.ts";
import { tempFile } from "../support/temp_file.ts";
import { type Outcome, runInProcess } from "../support/run_in_process.ts";

const CANARY = "canary-3e9d";
const TIMEOUT = 400;

/** Runs `check` and returns its lines by step, and how it ended. */
async function check(
  url: string,
  flags: readonly string[] = [],
): Promise<Outcome & { lines: ReadonlyMap<string, string>; last: string; seconds: number }> {
  const started = performance.now();
  const access = ["-e", url, "-k", "demo-key", "-s", CANARY, `--scrape-timeout=${TIMEOUT}ms`];
  const outcome = await runInProcess(["check", ...access, ...flags]);
  const seconds = (performance.now() - started) / 1000;
  // What follows from a failure stands on further lines.
  const all = outcome.stdout.trimEnd().replace(/\n +(To do|Lost): /g, ". $1: ")
    .replace(/\n +/g, " ").split("\n");
  const lines = new Map(
    all.slice(0, -1).map((line) => {
      const [, result = "", step = "", rest = ""] =
        /^(\w+) +(.+?) +\d\S* m?s {2}(.*)$/.exec(line) ??
          [];
      assert.notEqual(result, "", `not a step: ${line}`);
      return [step.trim(), `${result}: ${rest}`];
    }),
  );
  assert.ok(!(outcome.stdout + outcome.stderr).includes(CANARY), "the secret is shown");
  return { ...outcome, lines, last: all.at(-1) ?? "", seconds };
}

function startApi(options: Partial<SimulatedApiOptions> = {}) {
  return startSimulatedApi({ account: saasAccount(), apiKeySecret: CANARY, ...options });
}

Deno.test("check: an account in which everything works", async () => {
  await using api = startApi();
  const { code, lines, last, stderr } = await check(api.url);
  assert.deepEqual([...lines.values()].filter((line) => !line.startsWith("ok: ")), []);
  assert.match(lines.get("settings") ?? "", /^ok: http:\S+ as demo-key, 6 collectors$/);
  assert.match(lines.get("name resolution") ?? "", /127\.0\.0\.1 is 127\.0\.0\.1/);
  assert.ok(lines.has("connection") && lines.has("exchange of the key") && !lines.has("TLS"));
  assert.match(lines.get("schema") ?? "", /supports every field of \d+ documents/);
  assert.match(
    last,
    /^Everything works\. "serve" would serve \d+ series in \d+ families, and send/,
  );
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

Deno.test("check: what would be served is what serve serves", async () => {
  await using api = startApi();
  const flags = ["--format=json", "--no-exporter-metrics"];
  const { stdout, code } = await runInProcess(
    ["check", "-e", api.url, "-k", "demo-key", "-s", CANARY, ...flags],
  );
  assert.equal(code, 0);
  const report = JSON.parse(stdout);
  assert.equal(report.ok, true);
  assert.deepEqual(Object.keys(report.steps[0]), ["step", "result", "seconds", "message"]);
  const scraped = await runInProcess(["scrape", "-e", api.url, "-k", "demo-key", "-s", CANARY]);
  const lines = scraped.stdout.trimEnd().split("\n");
  assert.equal(report.serves.series, lines.filter((line) => !line.startsWith("#")).length);
  assert.equal(report.serves.families, lines.filter((line) => line.startsWith("# TYPE")).length);
  // Four collectors are asked 120 times an hour; a walk over few stacks is one request a minute,
  // and a look at runs one every half minute.
  const walks = report.serves.requestsPerHour - 5 * 120;
  assert.ok(walks >= 60 && walks <= 120, `${walks} requests for walks`);
});

Deno.test("check: a wrong key", async () => {
  await using api = startApi({ apiKeySecret: "another" });
  const { code, lines, last } = await check(api.url);
  assert.match(
    lines.get("exchange of the key") ?? "",
    /^failed: unauthorized: .* To do: check --api-key-id and the key's secret/,
  );
  assert.ok(![...lines.keys()].some((step) => step.startsWith("collector")));
  assert.match(last, /^Not everything works/);
  assert.equal(code, 1);
});

Deno.test("check: a key that may not read the usage", async () => {
  await using api = startApi();
  api.faults.set("PrometheusExporter_Usage", { errors: ["unauthorized"] });
  const { code, lines } = await check(api.url);
  const line = lines.get("collector usage") ?? "";
  assert.match(line, /^failed: unauthorized: .* To do: give the key read access to the root space/);
  assert.match(line, /--no-collector\.usage\. Lost: spacelift_current_billing_/);
  assert.match(lines.get("collector workerpools") ?? "", /^ok/);
  assert.equal(code, 1);
  assert.equal((await check(api.url, ["--no-collector.usage"])).code, 0);
});

Deno.test("check: what the documentation shows of a key that may not read the usage", async () => {
  await using api = startApi();
  api.faults.set("PrometheusExporter_Usage", { errors: ["unauthorized"] });
  const { stdout } = await check(api.url);
  const [shown = ""] = /^failed .*\n(?: .*\n)+/m.exec(stdout) ?? [];
  const documented = await Deno.readTextFile(new URL("../../docs/operation.md", import.meta.url));
  const timeless = (text: string) => text.replaceAll(/ +\d+ ms /g, " 0 ms ");
  assert.ok(shown !== "" && timeless(documented).includes(timeless(shown)), shown);
});

Deno.test("check: a host that does not resolve", async () => {
  const { code, lines } = await check("http://no-such-host.invalid");
  assert.match(lines.get("name resolution") ?? "", /^failed: .*To do: check the spelling/);
  assert.ok(!lines.has("connection"));
  const exchange = lines.get("exchange of the key") ?? "";
  assert.match(exchange, /^failed: unreachable: .*To do: solve the problem above first/);
  assert.doesNotMatch(exchange, /error sending request/, "the runtime's words");
  assert.equal(code, 1);
});

Deno.test("check: a port on which nobody listens", async () => {
  const server = await RawServer.start(() => {});
  await server[Symbol.asyncDispose]();
  const { code, lines } = await check(server.url);
  assert.match(lines.get("connection") ?? "", /^failed: .*refused.*To do: check the host and port/);
  assert.equal(code, 1);
});

Deno.test("check: a server whose certificate nobody known has signed", async () => {
  const file = (name: string) => new URL(`../support/tls/${name}`, import.meta.url);
  const tls = {
    cert: await Deno.readTextFile(file("server.pem")),
    key: await Deno.readTextFile(file("server.key")),
  };
  await using api = startApi({ tls });
  const { code, lines } = await check(api.url);
  assert.match(lines.get("TLS") ?? "", /^failed: .*UnknownIssuer.*--ca-cert-path/);
  assert.equal(code, 1);
  const damaged = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  await using bundle = await tempFile(await Deno.readTextFile(file("ca.pem")) + damaged);
  const warned = await check(api.url, [`--ca-cert-path=${bundle.path}`]);
  assert.match(warned.stderr, /^Warning: Ignoring damaged certificates file="[^"]+" .*=\[2\]\n$/);
  assert.equal(warned.code, 0);
  const plain = await check(api.url.replace("https:", "http:"));
  assert.match(plain.lines.get("exchange of the key") ?? "", /does not speak HTTP.*https:\/\//);
  const trusting = await check(api.url, [`--ca-cert-path=${file("ca.pem").pathname}`]);
  assert.match(trusting.lines.get("TLS") ?? "", /^ok/);
  assert.equal(trusting.code, 0);
});

Deno.test("check: a port that answers with a page for people", async () => {
  await using listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("<html></html>", { headers: { "content-type": "text/html" } }),
  );
  const { code, lines } = await check(`http://127.0.0.1:${listener.addr.port}`);
  assert.match(
    lines.get("exchange of the key") ?? "",
    /^failed: bad_response: .*other than JSON.* To do: check that --api-endpoint is the URL of an account/,
  );
  assert.equal(code, 1);
});

Deno.test("check: an older server without a list of stacks", async () => {
  await using api = startApi({ missingFields: ["Query.searchStacks"] });
  const { code, lines } = await check(api.url);
  assert.match(lines.get("collector stacks") ?? "", /^failed: unsupported/);
  assert.match(
    lines.get("schema") ?? "",
    /^warning: the server does not support Query\.searchStacks\./,
  );
  assert.equal(code, 1);
});

Deno.test("check: an older server without details is good enough, and the fields are named", async () => {
  await using api = startApi({ missingFields: ["Stack.isDrifted", "Stack.stateSetAt"] });
  const { code, lines } = await check(api.url);
  const known = /^warning: the server does not support Stack\.isDrifted, Stack\.stateSetAt\./;
  assert.match(lines.get("schema") ?? "", known);
  assert.equal(code, 0);
});

Deno.test("check: a server that does not show its schema", async () => {
  await using api = startApi();
  api.faults.set("IntrospectionQuery", { errors: ["GraphQL introspection is not allowed"] });
  const { code, lines } = await check(api.url);
  assert.match(
    lines.get("schema") ?? "",
    /^warning: the server does not publish its schema \(graphql\)/,
  );
  assert.equal(code, 0);
});

Deno.test("check: a web configuration that serve could not use", async () => {
  await using file = await tempFile("tls_server_config: {}\n");
  const { code, stdout, stderr } = await runInProcess(
    ["check", "-e", "http://a.invalid", "-k", "id", "-s", CANARY, "--web.config.file", file.path],
  );
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot use --web\.config\.file "[^"]+": [^\n]+\n$/);
});

Deno.test("check: a file with the webhook's secret that serve could not read", async () => {
  const webhook = ["--webhook-listen-address=:9954", "--webhook-secret-file=/no/such/file"];
  const { code, stdout, stderr } = await runInProcess(
    ["check", "-e", "http://a.invalid", "-k", "id", "-s", CANARY, ...webhook],
  );
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot read --webhook-secret-file "\/no\/such\/file": [^\n]+\n$/);
});

Deno.test("check: no line of what follows a failure is wider than a terminal", async () => {
  await using api = startApi({ missingFields: ["Query.searchStacks"] });
  const { stdout } = await check(api.url);
  const further = stdout.split("\n").filter((line) => line.startsWith(" "));
  assert.ok(further.length > 10, stdout);
  assert.deepEqual(further.filter((line) => line.length > 80), []);
});

Deno.test("check: a server that hangs, at any step, ends in time", async () => {
  await using silent = await RawServer.start(() => {});
  const first = await check(silent.url);
  assert.match(first.lines.get("exchange of the key") ?? "", /^failed: timeout: .*400ms.*To do: /);
  assert.equal(first.code, 1);
  assert.ok(first.seconds < 3 * TIMEOUT / 1000, `it took ${first.seconds} s`);

  await using api = startApi();
  api.faults.set("*", { hang: true });
  api.faults.set("apiKeyUser", {});
  const second = await check(api.url);
  for (const step of ["collector usage", "collector stacks"]) {
    assert.match(second.lines.get(step) ?? "", /^failed: timeout: .*To do: /, step);
  }
  // One time limit each for the round, the scrape and the schema.
  assert.ok(second.seconds < 6 * TIMEOUT / 1000, `it took ${second.seconds} s`);
});

Deno.test("check: a collector that hangs does not take a slow one along", async () => {
  await using api = startApi();
  api.faults.set("*", { delayMs: 0.75 * TIMEOUT });
  api.faults.set("PrometheusExporter_Stacks", { hang: true });
  const { lines } = await check(api.url);
  assert.match(lines.get("collector stacks") ?? "", /^failed: timeout: /);
  assert.match(lines.get("collector runs") ?? "", /^ok/);
});

Deno.test("check: a collector that waits says what for", async () => {
  await using api = startApi();
  const tooMany = { status: 429, headers: { "retry-after": "300" } };
  api.faults.set("PrometheusExporter_Stacks", tooMany);
  const { lines, seconds } = await check(api.url);
  for (const collector of ["stacks", "runs"]) {
    assert.match(lines.get(`collector ${collector}`) ?? "", /^failed: rate_limited: .*HTTP 429/);
  }
  assert.ok(seconds < 6 * TIMEOUT / 1000, `it took ${seconds} s`);
});

Deno.test("check: Ctrl-C ends it", async () => {
  await using silent = await RawServer.start(() => {});
  const args = ["check", "-e", silent.url, "-k", "demo-key", "-s", CANARY, "--scrape-timeout=1h"];
  const { code, stderr } = await runInProcess(args, {
    onStart: (interrupt) => setTimeout(interrupt, 100),
  });
  assert.deepEqual([code, stderr], [1, "Interrupted\n"]);
});

Deno.test("check: what to do where nothing leads out is to set the proxy, to a URL", () => {
  const error = new ApiError("unreachable", "Cannot reach the API");
  assert.match(exchangeRemedy(error, "", "connection"), /set HTTPS_PROXY to its URL/);
  assert.doesNotMatch(exchangeRemedy(error, "", "TLS"), /HTTPS_PROXY/);
});

for (
  const [problem, remedy] of [
    ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", /have the authority sign/],
    ["invalid peer certificate: UnknownIssuer", /--ca-cert-path/],
    ["invalid peer certificate: Expired", /renew/],
    ["invalid peer certificate: certificate not valid for name: NotValidForName", /a name in/],
    ["received corrupt message of type InvalidContentType", /http:\/\//],
    ["The API did not answer within 5s", /check the port, or begin --api-endpoint with http/],
    ["something else", /check the server's certificate/],
  ] as const
) {
  Deno.test(`check: what to do about "${problem}"`, () =>
    assert.match(explainTls(problem).remedy, remedy));
}
