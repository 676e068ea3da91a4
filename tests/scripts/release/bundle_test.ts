import assert from "node:assert/strict";
import { buildModule } from "../../../scripts/release/bundle.ts";
import * as fromSource from "../../../src/build.ts";

const REVISION = { version: "1.2.3", commit: "a".repeat(40), time: 1_700_000_000 };

Deno.test("bundle: a release says its version, commit and date", async () => {
  assert.deepEqual((await load(buildModule(REVISION))).BUILD, {
    version: "1.2.3",
    commit: "a".repeat(40),
    date: "2023-11-14T22:13:20.000Z",
  });
});

Deno.test("bundle: files that are no commit's get no date", async () => {
  const { BUILD } = await load(buildModule({ ...REVISION, commit: "devel" }));
  assert.deepEqual(BUILD, { version: "1.2.3", commit: "devel", date: "" });
});

Deno.test("bundle: the file that a release replaces has nothing that its own lacks", async () => {
  const module = await load(buildModule(REVISION));
  assert.deepEqual(Object.keys(module), Object.keys(fromSource));
  assert.deepEqual(Object.keys(module.BUILD), Object.keys(fromSource.BUILD));
});

async function load(source: string): Promise<typeof fromSource> {
  return await import(`data:text/javascript,${encodeURIComponent(source)}`);
}
