import assert from "node:assert/strict";
import { runCommand, tryCommand } from "../../../scripts/run_command.ts";
import { sign } from "../../../scripts/release/sign.ts";
import { hasTool } from "../../support/tools.ts";

Deno.test("sign: without a key there is no signature", async () => {
  await withEnvironment({}, async () => assert.deepEqual(await sign("anything"), []));
});

Deno.test({
  name: "sign: GPG accepts the signature, and refuses it for a changed file",
  ignore: !await hasTool("gpg", "--version"),
}, async () => {
  const home = await Deno.makeTempDir();
  try {
    const identity = "release@example.com";
    await withEnvironment({ GNUPGHOME: home, GPG_FINGERPRINT: identity }, async () => {
      const key = [
        "--passphrase",
        "",
        "--quick-generate-key",
        identity,
        "default",
        "sign",
        "never",
      ];
      await runCommand("gpg", ["--batch", ...key]);
      const path = `${home}/SHA256SUMS`;
      await Deno.writeTextFile(path, "sums\n");
      assert.deepEqual(await sign(path), [`${path}.sig`]);
      const verify = () => tryCommand("gpg", ["--batch", "--verify", `${path}.sig`, path]);
      assert.equal((await verify()).code, 0);
      await Deno.writeTextFile(path, "other sums\n");
      assert.notEqual((await verify()).code, 0);
      await runCommand("gpgconf", ["--kill", "all"]);
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

const VARIABLES = [
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "COSIGN_PRIVATE_KEY",
  "GNUPGHOME",
  "GPG_FINGERPRINT",
];

/**
 * Runs something with these variables and none of the others that signing looks at. Tests that run
 * at the same time have the same environment, but look at none of these.
 */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<void>,
): Promise<void> {
  const before = VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of VARIABLES) set(name, variables[name]);
  try {
    await run();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
}
