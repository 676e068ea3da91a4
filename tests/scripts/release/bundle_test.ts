import assert from "node:assert/strict";
import { stamp } from "../../../scripts/release/bundle.ts";

const REVISION = { version: "1.2.3", commit: "a".repeat(40), time: 1_700_000_000 };

Deno.test("bundle: version, commit and date are stamped into src/version.ts", async () => {
  const source = await Deno.readTextFile("src/version.ts");
  const stamped = stamp(source, REVISION);
  assert.match(stamped, /^ {2}version: "1\.2\.3",$/m);
  assert.match(stamped, /^ {2}commit: "a{40}",$/m);
  assert.match(stamped, /^ {2}date: "2023-11-14T22:13:20\.000Z",$/m);
  assert.equal(stamp(stamped, REVISION), stamped);
});

Deno.test("bundle: files that are no commit's get no date", async () => {
  const source = await Deno.readTextFile("src/version.ts");
  assert.equal(stamp(source, { ...REVISION, version: "0.1.0", commit: "devel" }), source);
});

Deno.test("bundle: a version file without the places is an error", () => {
  assert.throws(() => stamp("export const BUILD = {};", REVISION), {
    message: 'Cannot stamp "version" into src/version.ts',
  });
});
