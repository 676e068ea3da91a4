import assert from "node:assert/strict";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { keepOwnSources, packagesOf, parseSourceMap } from "../../../scripts/release/source_map.ts";

const CACHES = ["../../../home/user/.cache/deno", "../../deno-dir", "../../home/a b/npm/deno"];

for (const cache of CACHES) {
  Deno.test(`source_map: nothing of a cache in ${cache} is left`, () => {
    const map = keepOwnSources({
      version: 3,
      sources: [
        `${cache}/npm/registry.example/graphql/16.15.0/language/parser.mjs`,
        "main.ts",
        `${cache}/npm/localhost_4873/@logtape/logtape/2.4.2/dist/mod.js`,
        "src/cli/run.ts",
      ],
      mappings: encode([
        [[0, 0, 1, 0], [5, 0, 2, 0], [9, 1, 3, 4], [12, 2, 1, 1, 0], [15, 2, 1, 2]],
        [[0, 3, 7, 8, 0]],
      ]),
    });
    assert.deepEqual(map.sources, ["main.ts", "src/cli/run.ts"]);
    assert.deepEqual(decode(map.mappings), [[[9, 0, 3, 4], [12]], [[0, 1, 7, 8]]]);
  });
}

Deno.test("source_map: a source from anywhere else is an error", () => {
  const map = { version: 3 as const, sources: ["../elsewhere/x.ts"], mappings: "" };
  assert.throws(() => keepOwnSources(map), {
    message: 'The bundle holds "../elsewhere/x.ts", which is neither own code nor a package\'s',
  });
});

Deno.test("source_map: another version of the format is an error", () => {
  assert.throws(() => parseSourceMap('{"version":4,"sources":[],"mappings":""}'), /Expected 3/);
});

Deno.test("source_map: packages are read where the sources say", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const folder = `${directory}/npm/registry.example/@scope/thing/1.2.3`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/package.json`, '{"license":"Apache-2.0"}');
    const files = [`${folder}/lib/a.js`, `${folder}/lib/b.js`, "main.ts"];
    assert.deepEqual(await packagesOf(files), [
      { name: "@scope/thing", version: "1.2.3", license: "Apache-2.0" },
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
