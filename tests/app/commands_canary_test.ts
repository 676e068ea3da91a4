import assert from "node:assert/strict";
import { startSimulatedApi } from "../api/simulated_api.ts";
import { saasAccount } from "../support/accounts.ts";
import { ECHOES, EchoingApi } from "../support/echoing_api.ts";
import { RawServer } from "../support/raw_server.ts";
import { Program } from "../support/run_program.ts";
import { runInProcess } from "../support/run_in_process.ts";
import { tempFile } from "../support/temp_file.ts";

const SECRET = "canary-of-the-key-5f2b";
const OTHERS = "canary-of-others-9a1c";

/** The commands that ask an account and print what they find, in each of their forms. */
const COMMANDS: readonly (readonly string[])[] = [
  ["check"],
  ["check", "--format=json"],
  ["scrape"],
  ["scrape", "--format=openmetrics"],
];

/** Everything that the commands print of an account, to people and to programs. */
async function printed(url: string, isTerminal: boolean): Promise<string> {
  const access = ["-e", url, "-k", "demo-key", "-s", SECRET, "--scrape-timeout=300ms"];
  const outcomes: string[] = [];
  for (const command of COMMANDS) {
    const { stdout, stderr } = await runInProcess([...command, ...access], { isTerminal });
    assert.notEqual(stdout + stderr, "", command.join(" "));
    outcomes.push(stdout, stderr);
  }
  return outcomes.join("\n");
}

for (const [what, echo] of Object.entries(ECHOES)) {
  for (const sparesExchange of [false, true]) {
    const where = sparesExchange ? "each collector" : "the exchange of the key";
    Deno.test(`check and scrape show no secret when ${where} is answered with ${what}`, async () => {
      await using demo = startSimulatedApi({ account: saasAccount(), apiKeySecret: SECRET });
      await using api = new EchoingApi(demo);
      api.echo = echo;
      api.sparesExchange = sparesExchange;
      const text = await printed(api.url, sparesExchange);
      assert.equal(api.echoed.has(SECRET), true, "the secret was not echoed");
      assert.equal([...api.echoed].some((one) => one !== SECRET), sparesExchange, "no token");
      for (const canary of api.echoed) assertHidden(canary, text);
    });
  }
}

Deno.test("check and scrape show no secret when the API works, hangs, is gone or rejects the key", async () => {
  await using api = startSimulatedApi({ account: saasAccount(), apiKeySecret: SECRET });
  await using rejecting = startSimulatedApi({ account: saasAccount(), apiKeySecret: "another" });
  await using silent = await RawServer.start(() => {});
  const gone = await RawServer.start(() => {});
  await gone[Symbol.asyncDispose]();
  const urls = [api.url, rejecting.url, silent.url, gone.url, api.url.replace("http:", "https:")];
  for (const url of urls) {
    const text = await printed(url, false);
    for (const canary of [SECRET, ...api.apiKey.tokens]) assertHidden(canary, text);
  }
  assert.ok(api.apiKey.tokens.length > 0, "no token was given out");
});

Deno.test("no command shows any part of a web configuration that cannot be used", async () => {
  const broken = [
    `basic_auth_users:\n  me: ${OTHERS}\n`,
    `basic_auth_users:\n  me: "${OTHERS}\n`,
    `basic_auth_users: ${OTHERS}\n`,
    `basic_auth_users: {me: *${OTHERS}}\n`,
  ];
  for (const content of broken) {
    await using file = await tempFile(content);
    const account = ["-e", "http://127.0.0.1:1234", "-k", "id", "-s", SECRET];
    for (const args of [["check", ...account], ["serve", ...account], ["demo"], ["health"]]) {
      const { code, stdout, stderr } = await runInProcess(
        [...args, "--web.config.file", file.path],
      );
      assert.equal(code, 1, args[0]);
      assert.match(stderr, /--web\.config\.file/);
      for (const canary of [SECRET, OTHERS]) assertHidden(canary, stdout + stderr);
    }
  }
});

for (const flag of ["--log.level=debug", "--is-development"]) {
  Deno.test(`demo shows none of the secrets that it is given, with ${flag}`, async () => {
    const secrets = [`--api-key-secret=${SECRET}`, `--webhook-secret=${OTHERS}`];
    const webhook = ["--webhook-listen-address=127.0.0.1:0", "--webhook-url=http://127.0.0.1:1234"];
    const args = ["demo", "-l", "127.0.0.1:0", "--trouble", flag, ...secrets, ...webhook];
    await using program = new Program(args);
    await program.until("The API accepted the API key");
    const [, port] = /Listening"?[ ,]"?address"?[=:]"?[^" ]*:(\d+)/.exec(program.output) ?? [];
    const pages = await Promise.all(["", "metrics"].map(async (path) => {
      return await (await fetch(`http://127.0.0.1:${port}/${path}`)).text();
    }));
    program.kill("SIGTERM");
    const { stdout, stderr } = await program.ended;
    for (const canary of [SECRET, OTHERS]) assertHidden(canary, [stdout, stderr, ...pages].join());
  });
}

for (
  const args of [["completion", "bash"], ["completion", "zsh"], ["completion", "fish"], [
    "help",
    "demo",
  ]]
) {
  Deno.test(`${args.join(" ")} shows nothing of the environment`, async () => {
    const env = {
      SPACELIFT_PROMEX_API_KEY_SECRET: SECRET,
      SPACELIFT_PROMEX_WEBHOOK_SECRET: SECRET,
      SPACELIFT_PROMEX_API_KEY_SECERT: SECRET,
    };
    const { code, stdout, stderr } = await runInProcess(args, { env });
    assert.equal(code, 0);
    assertHidden(SECRET, stdout + stderr);
  });
}

function assertHidden(canary: string, text: string): void {
  const at = text.indexOf(canary);
  assert.equal(at, -1, `a secret is shown: ${text.slice(Math.max(at - 200, 0), at + 40)}`);
}
