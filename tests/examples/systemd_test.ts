import assert from "node:assert/strict";
import { tryCommand } from "../../scripts/run_command.ts";
import { hasTool } from "../support/tools.ts";

const UNIT = "examples/systemd/spacelift-promex.service";

const ignore = !await hasTool("systemd-analyze", "--version");

Deno.test({ name: "systemd: the unit is valid", ignore }, async () => {
  await withUnit(async (path) => {
    const { code, stderr } = await tryCommand("systemd-analyze", ["verify", path]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
  });
});

Deno.test({ name: "systemd: the unit exposes little", ignore }, async () => {
  await withUnit(async (path) => {
    // In tenths; the unit has 1.3 of 10.
    const args = ["security", "--offline=true", "--threshold=15", path];
    const { code, stdout } = await tryCommand("systemd-analyze", args);
    assert.equal(code, 0, stdout);
  });
});

Deno.test("systemd: a rejected key is not tried again and again", async () => {
  const unit = await Deno.readTextFile(UNIT);
  assert.match(unit, /^Restart=on-failure$/m);
  assert.match(unit, /^RestartPreventExitStatus=77$/m);
});

Deno.test("systemd: the unit takes its settings from where the documents put them", async () => {
  const [, , section = ""] =
    /^(## systemd\n)([^]*?)^## /m.exec(await Deno.readTextFile("docs/install.md")) ??
      [];
  const unit = await Deno.readTextFile(UNIT);
  const paths = unit.match(/^(?:ExecStart|EnvironmentFile|LoadCredential)=.*$/gm) ?? [];
  assert.equal(paths.length, 3);
  for (const line of paths) {
    const [path = ""] = /\/(?:usr|etc)\/[\w./-]+/.exec(line) ?? [];
    assert.ok(section.includes(path), `docs/install.md does not install ${path}`);
  }
});

/** A copy of the unit whose program exists. */
async function withUnit(check: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/spacelift-promex.service`;
    const unit = await Deno.readTextFile(UNIT);
    await Deno.writeTextFile(path, unit.replace("/usr/local/bin/spacelift-promex", "/bin/true"));
    await check(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
