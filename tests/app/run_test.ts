import assert from "node:assert/strict";
import { SOURCE_PERMISSIONS } from "../../scripts/permissions.ts";
import { startDemoServer } from "../../src/demo/api/server.ts";
import { saasAccount } from "../support/accounts.ts";
import { LISTED_PERMISSIONS, Program, runProgram } from "../support/run_program.ts";
import { RawServer } from "../support/raw_server.ts";
import { tempFile } from "../support/temp_file.ts";

const CANARY = "canary-5f2b";

/** Arguments of `serve` with a whole account, for which nothing is asked. */
function serve(...args: string[]): string[] {
  return ["serve", "-e", "https://a.invalid", "-k", "id", "-s", CANARY, ...args];
}

for (
  const [args, golden] of [
    [[], "help.txt"],
    [["help"], "help.txt"],
    [["--help"], "help.txt"],
    [["help", "serve"], "help_serve.txt"],
    [["serve", "--help"], "help_serve.txt"],
    [["serve", "-h"], "help_serve.txt"],
    [["--version"], "version.txt"],
    [["-v"], "version.txt"],
  ] as const
) {
  Deno.test(`running "${args.join(" ")}" prints ${golden} and exits with 0`, async () => {
    const { code, stdout, stderr } = await runProgram(args);
    const expected = await Deno.readTextFile(new URL(`golden/${golden}`, import.meta.url));
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: expected, stderr: "" });
  });
}

/** Wrong invocations, and what their one line must name. */
const BAD: readonly (readonly [readonly string[], RegExp])[] = [
  [serve("--scrape-timeuot=5s"), /"--scrape-timeuot"/],
  [["start"], /"start"/],
  [["serve", "-k", "id", "-s", CANARY], /--api-endpoint/],
  [["serve", "-e", "a.example", "-k", "id", "-s", CANARY], /--api-endpoint "a\.example"/],
  [["serve", "-e", "https://", "-k", "id", "-s", CANARY], /--api-endpoint "https:\/\/"/],
  [["serve", "-e", "ftp://a.b", "-k", "id", "-s", CANARY], /--api-endpoint "ftp:\/\/a\.b"/],
  [["serve", "-e", `https://u:${CANARY}@a.b`, "-k", "id", "-s", CANARY], /--api-endpoint/],
  [["serve", "-e", "https://a.b", "-s", CANARY], /--api-key-id/],
  [["serve", "-e", "https://a.b", "-k", "id"], /--api-key-secret/],
  [serve("--api-key-secret-file", "/dev/null"), /--api-key-secret and --api-key-secret-file/],
  [serve("--ca-cert-path", "/no/such/file"), /--ca-cert-path "\/no\/such\/file"/],
  [serve("--ca-cert-path", "/dev/null"), /--ca-cert-path "\/dev\/null"/],
  [serve("-t", "0"), /--scrape-timeout "0"/],
  [serve("-t=-1s"), /--scrape-timeout "-1s"/],
  [serve("-t", "5"), /--scrape-timeout "5"/],
  [serve("-t", "5 s"), /--scrape-timeout "5 s"/],
  [serve("-t", "1e9h"), /--scrape-timeout "1e9h"/],
  [serve("-l", "localhost"), /--listen-address "localhost"/],
  [serve("-l", ":70000"), /--listen-address ":70000"/],
  [serve("--no-collector.everything"), /"--no-collector\.everything"/],
  [
    serve(
      ...["aggregates", "publicworkerpool", "stacks", "usage", "workerpools"].map((name) =>
        `--no-collector.${name}`
      ),
    ),
    /--collector\.aggregates/,
  ],
];

for (const [args, named] of BAD) {
  Deno.test(`running "${args.join(" ")}" exits with 1 after one line`, async () => {
    assertRefused(await runProgram(args), named);
  });
}

for (
  const [what, content] of [
    ["empty", ""],
    ["binary", Uint8Array.of(0, 255, 254)],
  ] as const
) {
  Deno.test(`a secret file that is ${what} exits with 1 after one line`, async () => {
    await using file = await tempFile(content);
    const args = ["serve", "-e", "https://a.b", "-k", "id", "--api-key-secret-file", file.path];
    assertRefused(await runProgram(args), /--api-key-secret-file/);
  });
}

Deno.test("a secret file that is missing exits with 1 after one line", async () => {
  const env = { API_ENDPOINT: "https://a.b", API_KEY_ID: "i", API_KEY_SECRET_FILE: "/no/such" };
  assertRefused(await runProgram(["serve"], { env }), /--api-key-secret-file "\/no\/such"/);
});

Deno.test("a port in use exits with 1 after one line, before the API is asked", async () => {
  await using taken = await RawServer.start(() => {});
  await using demo = startDemoServer({ account: saasAccount() });
  const address = new URL(taken.url).host;
  const args = ["serve", "-e", demo.url, "-k", "demo-key", "-s", "demo-secret", "-l", address];
  assertRefused(await runProgram(args), new RegExp(`--listen-address "${address}"`));
  assert.equal(demo.requests.count(), 0, "the API was asked");
});

Deno.test("a wrong environment variable is named itself", async () => {
  const { code, stderr } = await runProgram(serve(), { env: { SCRAPE_TIMEOUT: "5" } });
  assert.equal(code, 1);
  assert.match(stderr, /SPACELIFT_PROMEX_SCRAPE_TIMEOUT "5"/);
});

Deno.test("the permissions that tests start the program with are those listed", () => {
  assert.deepEqual(SOURCE_PERMISSIONS, LISTED_PERMISSIONS);
});

Deno.test("with the listed permissions alone, everything from files is read and served", async () => {
  assert.match(await serveFromFiles(LISTED_PERMISSIONS), /^spacelift_up 1$/m);
});

const NARROWED: Readonly<Record<string, readonly string[]>> = {
  "the network": ["--allow-read", "--allow-env=SPACELIFT_PROMEX_*,NODE_ENV"],
  "files": ["--allow-net", "--allow-env=SPACELIFT_PROMEX_*,NODE_ENV"],
  "the settings' variables": ["--allow-net", "--allow-read", "--allow-env=NODE_ENV"],
  "the library's variable": ["--allow-net", "--allow-read", "--allow-env=SPACELIFT_PROMEX_*"],
};

for (const [what, permissions] of Object.entries(NARROWED)) {
  Deno.test(`without the permission for ${what}, the program cannot serve`, async () => {
    await assert.rejects(serveFromFiles(permissions), /The program ended/);
  });
}

/** Serves an account behind a certificate of its own and scrapes once. */
async function serveFromFiles(permissions: readonly string[]): Promise<string> {
  const tlsFile = (name: string) => new URL(`../support/tls/${name}`, import.meta.url);
  await using demo = startDemoServer({
    account: saasAccount(),
    tls: {
      cert: await Deno.readTextFile(tlsFile("server.pem")),
      key: await Deno.readTextFile(tlsFile("server.key")),
    },
  });
  await using secret = await tempFile("demo-secret\n");
  const env = {
    API_ENDPOINT: demo.url,
    API_KEY_ID: "demo-key",
    API_KEY_SECRET_FILE: secret.path,
    CA_CERT_PATH: tlsFile("ca.pem").pathname,
    LISTEN_ADDRESS: "127.0.0.1:0",
  };
  await using program = new Program(["serve"], { env, permissions });
  const response = await fetch(`${await program.listening()}/metrics`);
  return await response.text();
}

function assertRefused(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
  named: RegExp,
): void {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /^[^\n]+\n$/, "not one line");
  assert.match(stderr, named);
  assert.ok(!stderr.includes(CANARY), "the secret is shown");
}
