import assert from "node:assert/strict";
import { checksumLines } from "../../../scripts/release/checksum.ts";
import { tryCommand } from "../../../scripts/run_command.ts";
import { hasTool } from "../../support/tools.ts";

const VERIFY = ["--check", "--ignore-missing", "--strict"];

Deno.test({
  name: "checksum: the documented command accepts the archive and refuses a tampered one",
  ignore: !await hasTool("sha256sum", "--version"),
}, async () => {
  const directory = await Deno.makeTempDir();
  try {
    const archive = `${directory}/tool_linux_amd64.tar.gz`;
    await Deno.writeFile(archive, new Uint8Array(1000));
    await Deno.writeTextFile(`${directory}/other.zip`, "another archive");
    const names = ["tool_linux_amd64.tar.gz", "other.zip"];
    const lines = await checksumLines(directory, names);
    await Deno.writeTextFile(`${directory}/SHA256SUMS`, lines);
    await Deno.remove(`${directory}/other.zip`);

    const verify = () => tryCommand("sha256sum", [...VERIFY, "SHA256SUMS"], { cwd: directory });
    assert.deepEqual(await verify(), {
      code: 0,
      stdout: "tool_linux_amd64.tar.gz: OK\n",
      stderr: "",
    });
    const tampered = new Uint8Array(1000);
    tampered[500] = 1;
    await Deno.writeFile(archive, tampered);
    const { code, stdout } = await verify();
    assert.equal(code, 1);
    assert.equal(stdout, "tool_linux_amd64.tar.gz: FAILED\n");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
