import assert from "node:assert/strict";
import { SOURCE_PERMISSIONS } from "../../scripts/run_flags.ts";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { maskVersion } from "../support/mask_version.ts";
import { LISTED_PERMISSIONS, Program, runProgram } from "../support/run_program.ts";
import { RawServer } from "../support/raw_server.ts";
import { runInProcess } from "../support/run_in_process.ts";
import { tempFile } from "../support/temp_file.ts";

const CANARY = "canary-5f2b";

for (
  const [args, golden] of [
    [[], "help.txt"],
    [["serve", "--help"], "help_serve.txt"],
    [["--version"], "version.txt"],
  ] as const
) {
  Deno.test(`running "${args.join(" ")}" prints ${golden} and exits with 0`, async () => {
    const { code, stdout, stderr } = await runProgram(args);
    const expected = await Deno.readTextFile(new URL(`../cli/golden/${golden}`, import.meta.url));
    const printed = { code, stdout: maskVersion(stdout), stderr };
    assert.deepEqual(printed, { code: 0, stdout: expected, stderr: "" });
  });
}

Deno.test("a wrong flag exits with 1 after one line", async () => {
  const account = ["-e", "https://a.example", "-k", "id", "--api-key-secret", CANARY];
  const args = ["serve", ...account, "--scrape-timeuot=5s"];
  assertRefused(await runProgram(args), /"--scrape-timeuot"/);
});

Deno.test("a setting that is missing comes with the misspelt variable that was meant for it", async () => {
  const env = { SPACELIFT_PROMEX_API_ENDPIONT: "https://a.example" };
  const account = ["-k", "id", "-s", CANARY];
  const { code, stderr } = await runInProcess(["serve", ...account], { env });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'Warning: Unknown environment variable "SPACELIFT_PROMEX_API_ENDPIONT", did you mean ' +
      '"SPACELIFT_PROMEX_API_ENDPOINT"\n' +
      "Missing --api-endpoint: use it or set SPACELIFT_PROMEX_API_ENDPOINT\n",
  );
});

Deno.test("a secret file that is missing exits with 1 after one line", async () => {
  const env = { API_ENDPOINT: "https://a.b", API_KEY_ID: "i", API_KEY_SECRET_FILE: "/no/such" };
  assertRefused(await runProgram(["serve"], { env }), /--api-key-secret-file "\/no\/such"/);
});

Deno.test("a port in use exits with 1 after one line, before the API is asked", async () => {
  await using taken = await RawServer.start(() => {});
  await using demo = startSimulatedApi({ account: saasAccount() });
  const address = new URL(taken.url).host;
  const args = ["serve", "-e", demo.url, "-k", "demo-key", "-s", "demo-secret", "-l", address];
  assertRefused(await runProgram(args), new RegExp(`--listen-address "${address}"`));
  assert.equal(demo.requests.count(), 0, "the API was asked");
});

Deno.test("the permissions that tests start the program with are those listed", () => {
  assert.deepEqual(SOURCE_PERMISSIONS, LISTED_PERMISSIONS);
});

Deno.test("with the listed permissions alone, everything from files is read and served", async () => {
  assert.match(await serveFromFiles(LISTED_PERMISSIONS), /^spacelift_up 1$/m);
});

const NARROWED: Readonly<Record<string, readonly string[]>> = {
  "the network": [
    "--allow-read",
    "--allow-env=SPACELIFT_PROMEX_*,NO_PROXY,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR,NODE_ENV",
  ],
  "files": [
    "--allow-net",
    "--allow-env=SPACELIFT_PROMEX_*,NO_PROXY,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR,NODE_ENV",
  ],
  "the settings' variables": ["--allow-net", "--allow-read", "--allow-env=NODE_ENV"],
  "the library's variable": [
    "--allow-net",
    "--allow-read",
    "--allow-env=SPACELIFT_PROMEX_*,NO_PROXY,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR",
  ],
};

for (const [what, permissions] of Object.entries(NARROWED)) {
  Deno.test(`without the permission for ${what}, the program cannot serve`, async () => {
    await assert.rejects(serveFromFiles(permissions), /The program ended/);
  });
}

Deno.test("with an older list of permissions, what it lacks counts as not set", async () => {
  const permissions = ["--allow-net", "--allow-read", "--allow-env=SPACELIFT_PROMEX_*,NODE_ENV"];
  assert.match(await serveFromFiles(permissions), /^spacelift_up 1$/m);
});

/** Serves an account behind a certificate of its own and scrapes once. */
async function serveFromFiles(permissions: readonly string[]): Promise<string> {
  const tlsFile = (name: string) => new URL(`../support/tls/${name}`, import.meta.url);
  await using demo = startSimulatedApi({
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
