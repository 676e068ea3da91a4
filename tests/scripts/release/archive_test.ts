import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import { unpackTar } from "modern-tar";
import { gunzipSync } from "node:zlib";
import { type ArchiveFile, packTarGz, packZip } from "../../../scripts/release/archive.ts";
import { sha256 } from "../../../scripts/release/checksum.ts";
import { runCommand } from "../../../scripts/run_command.ts";

const TIME = Date.UTC(2026, 10, 22, 10, 30, 0) / 1000;

const FILES: readonly ArchiveFile[] = [
  { name: "tool", body: encode("\0binary"), isExecutable: true },
  { name: "LICENSE", body: encode("the licence\n"), isExecutable: false },
];

Deno.test("archive: a tar archive holds the files sorted, with fixed modes and times", async () => {
  const entries = await unpackTar(gunzipSync(await packTarGz(FILES, TIME)));
  const seen = entries.map(({ header: { name, mode, mtime, uid, gid }, data }) => ({
    name,
    mode,
    mtime,
    owner: [uid, gid],
    text: new TextDecoder().decode(data),
  }));
  const mtime = new Date(TIME * 1000);
  assert.deepEqual(seen, [
    { name: "LICENSE", mode: 0o644, mtime, owner: [0, 0], text: "the licence\n" },
    { name: "tool", mode: 0o755, mtime, owner: [0, 0], text: "\0binary" },
  ]);
});

Deno.test("archive: a zip archive holds the files sorted", () => {
  const files = unzipSync(packZip(FILES, TIME));
  assert.deepEqual(Object.keys(files), ["LICENSE", "tool"]);
  assert.deepEqual(new TextDecoder().decode(files["LICENSE"]), "the licence\n");
});

Deno.test("archive: the bytes depend on nothing but files and time", async () => {
  const again = FILES.toReversed();
  assert.deepEqual(await packTarGz(again, TIME), await packTarGz(FILES, TIME));
  assert.deepEqual(packZip(again, TIME), packZip(FILES, TIME));
  assert.notDeepEqual(packZip(FILES, TIME + 2), packZip(FILES, TIME), "the time is not in it");
});

Deno.test("archive: a zip archive is the same in every time zone", async () => {
  const script = `
    import { packZip } from "./scripts/release/archive.ts";
    import { sha256 } from "./scripts/release/checksum.ts";
    const files = [{ name: "a", body: new Uint8Array([1]), isExecutable: true }];
    Deno.stdout.writeSync(new TextEncoder().encode(await sha256(packZip(files, ${TIME}))));
  `;
  const files = [{ name: "a", body: new Uint8Array([1]), isExecutable: true }];
  for (const TZ of ["UTC", "Pacific/Auckland", "America/St_Johns"]) {
    const args = ["eval", "--config", "scripts/deno.json", "--ext=ts", script];
    const hash = await runCommand(Deno.execPath(), args, { env: { TZ } });
    assert.equal(hash, await sha256(packZip(files, TIME)), `in ${TZ}`);
  }
});

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
