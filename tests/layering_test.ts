import assert from "node:assert/strict";
import { findCycle, type Import, readImportGraph } from "./support/import_graph.ts";
import { sourcePaths } from "./support/source_paths.ts";
import { tempFolder } from "./support/temp_folder.ts";

const ROOT = new URL("../", import.meta.url);
const MAX_LINES = 300;

/** From top to bottom; a file imports from its own room and from those in layers below. */
const LAYERS: readonly (readonly string[])[] = [
  ["main"],
  ["app"],
  ["cli", "http", "status"],
  ["scrape"],
  ["collectors"],
  ["spacelift"],
  ["metrics"],
  ["leaf"],
];

Deno.test("layering: files import from their own layer and those below", async () => {
  const wrong = findWrongImports(await readImports());
  assert.deepEqual(wrong, [], `These imports lead upward:\n${wrong.join("\n")}`);
});

Deno.test("layering: no files import each other in a circle", async () => {
  const cycle = findCycle(await readImports());
  assert.equal(cycle, undefined, `These files import each other: ${cycle?.join(" -> ")}`);
});

Deno.test(`layering: no file is longer than ${MAX_LINES} lines`, async () => {
  const long: string[] = [];
  for (const path of await ownPaths()) {
    const lines = (await Deno.readTextFile(new URL(path, ROOT))).split("\n").length - 1;
    if (lines > MAX_LINES) long.push(`${path} has ${lines} lines`);
  }
  assert.deepEqual(long, [], `Too long to be one idea: ${long.join(", ")}`);
});

Deno.test("layering: src imports neither scripts nor tests, and scripts import no tests", async () => {
  const files = new Map([
    ...await readImports(),
    ...await readImportGraph(ROOT, await sourcePaths("scripts")),
  ]);
  assert.ok([...files.keys()].some(isScript), "the scripts were not found");
  const wrong = findStrayImports(files);
  assert.deepEqual(wrong, [], `These imports leave their part of the house:\n${wrong.join("\n")}`);
});

Deno.test("layering: an import of tests or scripts is named with both files", async () => {
  const stray = findStrayImports(
    await readSample({
      "main.ts": 'import "./tests/b.ts";',
      "src/log.ts": 'await import("../scripts/b.ts");',
      "scripts/a.ts": 'import "./b.ts";\nimport "../src/c.ts";',
      "scripts/bench/a.ts": 'import type { B } from "../../tests/b.ts";',
    }),
  );
  assert.deepEqual(stray, [
    "main.ts imports tests/b.ts",
    "src/log.ts imports scripts/b.ts",
    "scripts/bench/a.ts imports tests/b.ts",
  ]);
});

Deno.test("layering: an import that leads upward is named with both files", async () => {
  const wrong = findWrongImports(
    await readSample({
      "src/metrics/a.ts": 'import { type B } from "../http/b.ts";',
      "src/metrics/b.ts": 'import type { B } from "../scrape/b.ts";',
      "src/log.ts": 'export * from "./metrics/family.ts";',
      "src/http/a.ts": 'import "../demo/server.ts";',
      "src/demo/a.ts": 'import {\n  b,\n} from "../metrics/b.ts";\nimport "../clock.ts";',
      "src/app/a.ts": 'await import("../../main.ts");\nimport { b } from "../demo/b.ts";',
      "src/secret.ts": 'type A = import("./app/a.ts").A;',
      "src/duration.ts": '// import "./app/a.ts";\nconst text = `\nimport "./app/b.ts";\n`;',
    }),
  );
  assert.deepEqual(wrong, [
    "src/metrics/a.ts imports src/http/b.ts",
    "src/metrics/b.ts imports src/scrape/b.ts",
    "src/log.ts imports src/metrics/family.ts",
    "src/http/a.ts imports src/demo/server.ts",
    "src/demo/a.ts imports src/metrics/b.ts",
    "src/app/a.ts imports main.ts",
    "src/secret.ts imports src/app/a.ts",
  ]);
});

Deno.test("layering: a circle of values is found, one of types alone is none", async () => {
  const circle = async (back: string) =>
    findCycle(
      await readSample({
        "src/a.ts": 'import { b } from "./b.ts";',
        "src/b.ts": 'import {\n  type C,\n  c,\n} from "./c.ts";',
        "src/c.ts": back,
      }),
    );
  const whole = ["src/a.ts", "src/b.ts", "src/c.ts", "src/a.ts"];
  assert.deepEqual(await circle('import { a } from "./a.ts";'), whole);
  assert.deepEqual(await circle('import { a, type A } from "./a.ts";'), whole);
  assert.deepEqual(await circle('export { type A, a } from "./a.ts";'), whole);
  assert.deepEqual(await circle('import type { A } from "./a.ts";\nimport "./a.ts";'), whole);
  assert.equal(await circle('import type { A } from "./a.ts";'), undefined);
  assert.equal(await circle('export type { A, B } from "./a.ts";'), undefined);
  // Deno counts such an import as code, whatever becomes of it: `import type` says it plainly.
  assert.deepEqual(await circle('import { type A, type B } from "./a.ts";'), whole);
});

function findWrongImports(files: ReadonlyMap<string, readonly Import[]>): string[] {
  return [...files].flatMap(([path, imports]) =>
    imports
      .filter(({ target }) => isOurs(target) && !mayImport(layerOf(path), layerOf(target)))
      .map(({ target }) => `${path} imports ${target}`)
  );
}

function findStrayImports(files: ReadonlyMap<string, readonly Import[]>): string[] {
  return [...files].flatMap(([path, imports]) =>
    imports
      .filter(({ target }) => {
        return target.startsWith("tests/") || isScript(target) && !isScript(path);
      })
      .map(({ target }) => `${path} imports ${target}`)
  );
}

function isScript(path: string): boolean {
  return path.startsWith("scripts/");
}

function mayImport(from: string, to: string): boolean {
  if (from === "demo") return to === "demo" || to === "leaf";
  if (to === "demo") return from === "app";
  const height = (room: string) => LAYERS.findIndex((layer) => layer.includes(room));
  return from === to || height(from) < height(to);
}

function isOurs(target: string): boolean {
  return target === "main.ts" || target.startsWith("src/");
}

function layerOf(path: string): string {
  if (path === "main.ts") return "main";
  const [, folder = "", file] = path.split("/");
  const layer = file === undefined ? "leaf" : folder;
  assert.ok(
    layer === "demo" || LAYERS.flat().includes(layer),
    `${path} is in a folder of no layer`,
  );
  return layer;
}

async function readImports(): Promise<Map<string, Import[]>> {
  return await readImportGraph(ROOT, await ownPaths());
}

/** The imports of files that are written for it, by their paths. */
async function readSample(sources: Readonly<Record<string, string>>) {
  await using folder = await tempFolder(sources);
  return await readImportGraph(folder.url, Object.keys(sources));
}

async function ownPaths(): Promise<string[]> {
  const paths = ["main.ts", ...await sourcePaths("src")];
  assert.ok(paths.length > 50, "the sources were not found");
  return paths;
}
