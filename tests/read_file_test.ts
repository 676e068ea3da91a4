import assert from "node:assert/strict";
import { FileTooLarge, readFile } from "../src/read_file.ts";
import { runTool } from "./support/run_tool.ts";
import { tempFolder } from "./support/temp_folder.ts";

const MEBIBYTE = 1024 * 1024;

/** Bytes that show where they belong. */
function numbered(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

for (const length of [0, 1, 4095, 4096, 4097, 65_536, MEBIBYTE]) {
  Deno.test(`a file of ${length} bytes is read whole, in no more memory than it needs`, async () => {
    await using folder = await tempFolder({});
    const path = new URL("file", folder.url).pathname;
    await Deno.writeFile(path, numbered(length));
    const bytes = await readFile(path, 16 * MEBIBYTE);
    assert.deepEqual(bytes, numbered(length));
    assert.ok(
      bytes.buffer.byteLength <= length + 4096,
      `${bytes.buffer.byteLength} bytes are held`,
    );
  });
}

Deno.test("a file may have as many bytes as the limit, and no more", async () => {
  await using folder = await tempFolder({});
  const path = new URL("file", folder.url).pathname;
  for (const limit of [10, 4095, 4096, 10_000]) {
    await Deno.writeFile(path, numbered(limit));
    assert.equal((await readFile(path, limit)).length, limit);
    await Deno.writeFile(path, numbered(limit + 1));
    await assert.rejects(readFile(path, limit), FileTooLarge);
  }
});

Deno.test({
  name: "a pipe, which does not say how much it holds, is read whole or refused",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tempFolder({});
    const path = new URL("pipe", folder.url).pathname;
    assert.equal((await runTool("mkfifo", [path])).code, 0);
    for (const length of [5, 4096, 100_000]) {
      const writing = Deno.writeFile(path, numbered(length), { create: false });
      assert.deepEqual(await readFile(path, MEBIBYTE), numbered(length));
      await writing;
    }
    const writing = Deno.writeFile(path, numbered(5000), { create: false });
    await assert.rejects(readFile(path, 4999), FileTooLarge);
    await writing;
  },
});
