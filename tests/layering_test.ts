import assert from "node:assert/strict";
import { findCycle, type Import, importsOf } from "./support/import_graph.ts";

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
  const long = [...await readSources()]
    .map(([path, source]) => ({ path, lines: source.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
  assert.deepEqual(long, [], `Too long to be one idea: ${long.join(", ")}`);
});

Deno.test("layering: src imports neither scripts nor tests, and scripts import no tests", async () => {
  const files = new Map([...await readImports(), ...await readImports("scripts")]);
  const wrong = findStrayImports(files);
  assert.deepEqual(wrong, [], `These imports leave their part of the house:\n${wrong.join("\n")}`);
});

Deno.test("layering: an import of tests or scripts is named with both files", () => {
  const stray = (path: string, source: string) =>
    findStrayImports(new Map([[path, importsOf(path, source)]]));
  assert.deepEqual(stray("scripts/bench/a.ts", 'import type { B } from "../../tests/b.ts";'), [
    "scripts/bench/a.ts imports tests/b.ts",
  ]);
  assert.deepEqual(stray("src/log.ts", 'await import("../scripts/b.ts");'), [
    "src/log.ts imports scripts/b.ts",
  ]);
  assert.deepEqual(stray("main.ts", 'import "./tests/b.ts";'), ["main.ts imports tests/b.ts"]);
  assert.deepEqual(stray("scripts/a.ts", 'import "./b.ts";\nimport "../src/c.ts";'), []);
});

Deno.test("layering: an import that leads upward is named with both files", () => {
  const imports = (path: string, source: string) => new Map([[path, importsOf(path, source)]]);
  const wrong = (path: string, source: string) => findWrongImports(imports(path, source));
  assert.deepEqual(wrong("src/metrics/a.ts", 'import { type B } from "../http/b.ts";'), [
    "src/metrics/a.ts imports src/http/b.ts",
  ]);
  assert.deepEqual(wrong("src/log.ts", 'export * from "./metrics/family.ts";'), [
    "src/log.ts imports src/metrics/family.ts",
  ]);
  assert.deepEqual(wrong("src/http/a.ts", 'import "../demo/server.ts";'), [
    "src/http/a.ts imports src/demo/server.ts",
  ]);
  assert.deepEqual(wrong("src/demo/a.ts", 'import {\n  b,\n} from "../metrics/b.ts";'), [
    "src/demo/a.ts imports src/metrics/b.ts",
  ]);
  assert.deepEqual(wrong("src/app/a.ts", 'await import("../../main.ts");'), [
    "src/app/a.ts imports main.ts",
  ]);
  assert.deepEqual(wrong("src/app/a.ts", 'import { b } from "../demo/b.ts";'), []);
  assert.deepEqual(wrong("src/demo/a.ts", 'import { b } from "../clock.ts";'), []);
});

Deno.test("layering: a circle of values is found, one of types alone is none", () => {
  const circle = (back: string) =>
    findCycle(
      new Map([
        ["src/a.ts", importsOf("src/a.ts", 'import { b } from "./b.ts";')],
        ["src/b.ts", importsOf("src/b.ts", 'import {\n  type C,\n  c,\n} from "./c.ts";')],
        ["src/c.ts", importsOf("src/c.ts", back)],
      ]),
    );
  const whole = ["src/a.ts", "src/b.ts", "src/c.ts", "src/a.ts"];
  assert.deepEqual(circle('import { a } from "./a.ts";'), whole);
  assert.deepEqual(circle('import { a, type A } from "./a.ts";'), whole);
  assert.deepEqual(circle('export { type A, a } from "./a.ts";'), whole);
  assert.equal(circle('import type { A } from "./a.ts";'), undefined);
  assert.equal(circle('import { type A, type B } from "./a.ts";'), undefined);
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
        const isScript = target.startsWith("scripts/") && !path.startsWith("scripts/");
        return isScript || target.startsWith("tests/");
      })
      .map(({ target }) => `${path} imports ${target}`)
  );
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

async function readImports(folder?: string): Promise<Map<string, Import[]>> {
  const sources = await readSources(folder);
  return new Map([...sources].map(([path, source]) => [path, importsOf(path, source)]));
}

async function readSources(folder = "src"): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  const read = async (path: string) =>
    sources.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
      if (isDirectory) await walk(`${folder}/${name}`);
      else if (name.endsWith(".ts")) await read(`${folder}/${name}`);
    }
  };
  await Promise.all([read("main.ts"), walk(folder)]);
  assert.ok(sources.size > 50, "the sources were not found");
  return sources;
}
