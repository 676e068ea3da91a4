import assert from "node:assert/strict";
import { startSimulatedApi } from "./api/simulated_api.ts";
import { saasAccount } from "./support/accounts.ts";
import { ECHOES, EchoingApi } from "./support/echoing_api.ts";
import { Program, runProgram } from "./support/run_program.ts";
import { tempFile } from "./support/temp_file.ts";

const SECRET = "canary-of-the-key-5f2b";
const CA_CANARY = "canary-of-the-authority-77d1";
const ADDRESS = "--listen-address=127.0.0.1:0";
const ACCEPTED = "The API accepted the API key";
const PAGES = ["/metrics", "/", "/health", "/nothing"];

/** The ways to give a secret: as a flag, in the environment, in a file. */
const WAYS: Readonly<
  Record<string, (path: string) => { args: string[]; env: Record<string, string> }>
> = {
  "a flag": () => ({ args: ["--api-key-secret", SECRET], env: {} }),
  "the environment": () => ({ args: [], env: { API_KEY_SECRET: SECRET } }),
  "a file": (path) => ({ args: ["--api-key-secret-file", path], env: {} }),
};

for (const [way, give] of Object.entries(WAYS)) {
  for (
    const flag of [
      "--is-development",
      "--is-development=false",
      "--partial-scrapes=false",
      "--log.format=logfmt",
    ]
  ) {
    Deno.test(`no secret is shown: given by ${way}, with ${flag}`, async () => {
      await using world = await startWorld();
      const { args, env } = give(world.secretFile);
      await using program = new Program(["serve", ADDRESS, "--log.level=debug", flag, ...args], {
        env: { ...env, ...world.env },
      });
      await program.until(ACCEPTED);
      const url = await listening(program);
      const shown = [await readPages(url)];
      for (const echo of Object.values(ECHOES)) {
        world.api.echo = echo;
        shown.push(await readPages(url));
        world.api.echo = undefined;
        shown.push(await readPages(url));
      }
      program.kill("SIGTERM");
      const { stdout, stderr } = await program.ended;
      assert.ok(world.tokens().length > 0, "no token was seen");
      assert.ok(world.tokens().every((token) => world.api.echoed.has(token)), "a token not echoed");
      for (const canary of [SECRET, CA_CANARY, ...world.api.echoed]) {
        assertHidden(canary, { stdout, stderr, pages: shown.join("\n") });
      }
    });
  }
}

for (const [what, echo] of Object.entries(ECHOES)) {
  Deno.test(`no secret is shown when its exchange is answered with ${what}`, async () => {
    await using world = await startWorld();
    world.api.echo = echo;
    await using program = new Program(["serve", ADDRESS, "--is-development"], {
      env: { ...world.env, API_KEY_SECRET: SECRET },
    });
    const url = await listening(program);
    const pages = await readPages(url).catch(() => "");
    await program.until("API key");
    program.kill("SIGTERM");
    const { stdout, stderr } = await program.ended;
    assert.deepEqual([...world.api.echoed], [SECRET], "the secret was not echoed");
    assertHidden(SECRET, { stdout, stderr, pages });
  });
}

Deno.test("no part of a file is shown that holds no certificates", async () => {
  const damaged = `-----BEGIN CERTIFICATE-----\n${CA_CANARY}\n-----END CERTIFICATE-----\n`;
  for (const content of [CA_CANARY, damaged]) {
    await using file = await tempFile(content);
    const args = ["serve", "-e", "https://a.invalid", "-k", "id", "-s", SECRET];
    const { code, stdout, stderr } = await runProgram([...args, "--ca-cert-path", file.path]);
    assert.equal(code, 1);
    for (const canary of [SECRET, CA_CANARY]) assertHidden(canary, { stdout, stderr });
  }
});

async function startWorld() {
  const demo = startSimulatedApi({ account: saasAccount(), apiKeySecret: SECRET });
  const api = new EchoingApi(demo);
  const authority = await Deno.readTextFile(new URL("support/tls/ca.pem", import.meta.url));
  const caFile = await tempFile(`# ${CA_CANARY}\n${authority}`);
  const secretFile = await tempFile(SECRET);
  return {
    api,
    secretFile: secretFile.path,
    tokens: () => demo.apiKey.tokens,
    env: { API_ENDPOINT: api.url, API_KEY_ID: "demo-key", CA_CERT_PATH: caFile.path },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await demo.close();
      await caFile[Symbol.asyncDispose]();
      await secretFile[Symbol.asyncDispose]();
    },
  };
}

/** Works for every form of the log. */
async function listening(program: Program): Promise<string> {
  await program.until("Listening");
  await program.until("collectors");
  const [, port] = /address"?[=:]"?[^" ]*:(\d+)/.exec(program.output) ?? [];
  return `http://127.0.0.1:${port}`;
}

/** Everything that a client can see: status, headers and body of every page in both formats. */
async function readPages(url: string): Promise<string> {
  const pages: string[] = [];
  for (const path of PAGES) {
    for (const accept of ["text/plain", "application/openmetrics-text"]) {
      const response = await fetch(url + path, { headers: { accept } });
      const headers = JSON.stringify([...response.headers]);
      pages.push(`${response.status} ${headers} ${await response.text()}`);
    }
  }
  return pages.join("\n");
}

function assertHidden(canary: string, places: Readonly<Record<string, string>>): void {
  for (const [place, text] of Object.entries(places)) {
    const at = text.indexOf(canary);
    assert.equal(at, -1, `${place} shows a secret: ${text.slice(Math.max(at - 200, 0), at + 40)}`);
  }
}
