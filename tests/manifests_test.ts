import assert from "node:assert/strict";
import * as v from "valibot";
import exporter from "../deno.json" with { type: "json" };
import scripts from "../scripts/deno.json" with { type: "json" };
import tests from "./deno.json" with { type: "json" };
import { readImportGraph } from "./support/import_graph.ts";
import { sourcePaths } from "./support/source_paths.ts";

const Lock = v.object({
  specifiers: v.record(v.string(), v.string()),
  npm: v.record(v.string(), v.unknown()),
});

const ROOT = new URL("../", import.meta.url);

/** By folder; what only scripts and tests need is in theirs, so that a demo does not fetch it. */
const MANIFESTS = { ".": exporter, scripts, tests };

/** What the library that checks bills of materials loads if it is there, and cannot check without. */
const LOADED = ["ajv", "ajv-formats", "ajv-formats-draft2019"];

Deno.test("manifests: the exporter's names the packages that it imports, and no other", async () => {
  const imported = await packagesImportedIn(["main.ts", ...await sourcePaths("src")]);
  assert.deepEqual(Object.keys(exporter.imports).sort(), imported);
});

Deno.test("manifests: no script and no test has a package that none of them imports", async () => {
  const exporters = Object.keys(exporter.imports);
  const ofScripts = await packagesImportedIn(await sourcePaths("scripts"));
  const ofTests = await packagesImportedIn(await sourcePaths("tests"));
  assert.deepEqual(Object.keys(scripts.imports).sort(), unite(exporters, ofScripts, LOADED));
  assert.deepEqual(Object.keys(tests.imports).sort(), unite(exporters, ofScripts, LOADED, ofTests));
});

Deno.test("manifests: a package has one exact version, whoever imports it", () => {
  const versions = new Map<string, string>();
  for (const [folder, { imports }] of Object.entries(MANIFESTS)) {
    for (const [name, specifier] of Object.entries(imports)) {
      assert.match(
        specifier,
        new RegExp(`^npm:${name}@\\d+\\.\\d+\\.\\d+(?:-[\\w.]+)?$`),
        `in ${folder}`,
      );
      assert.equal(specifier, versions.get(name) ?? specifier, `in ${folder}`);
      versions.set(name, specifier);
    }
  }
});

Deno.test("manifests: the exporter's lock file has its own packages, and no script's or test's", async () => {
  const { specifiers } = await readLock("deno.lock");
  assert.deepEqual(Object.keys(specifiers).sort(), Object.values(exporter.imports).sort());
});

Deno.test("manifests: scripts and tests run the exporter with the packages that it is locked to", async () => {
  const { npm } = await readLock("deno.lock");
  for (const path of ["scripts/deno.lock", "tests/deno.lock"]) {
    const others = await readLock(path);
    for (const [name, locked] of Object.entries(npm)) {
      assert.deepEqual(others.npm[name], locked, `${name} in ${path}`);
    }
  }
});

Deno.test("manifests: all code is checked, formatted and locked alike", () => {
  const settings = ({ compilerOptions, unstable, lock, fmt: { lineWidth } }: typeof exporter) => ({
    compilerOptions,
    unstable,
    lock,
    lineWidth,
  });
  for (const { compilerOptions, unstable, lock, fmt: { lineWidth } } of [scripts, tests]) {
    assert.deepEqual({ compilerOptions, unstable, lock, lineWidth }, settings(exporter));
  }
  assert.deepEqual(tests.test, { sanitizeOps: true, sanitizeResources: true });
});

async function readLock(path: string): Promise<v.InferOutput<typeof Lock>> {
  return v.parse(Lock, JSON.parse(await Deno.readTextFile(new URL(path, ROOT))));
}

/** The names of npm packages, in order. */
async function packagesImportedIn(paths: readonly string[]): Promise<string[]> {
  const imports = [...(await readImportGraph(ROOT, paths)).values()].flat();
  return unite(imports.flatMap(({ target }) => packageOf(target)));
}

function packageOf(target: string): string[] {
  const isFile = /^\.|^(?:main\.ts|deno\.json|src\/|scripts\/|tests\/)/.test(target);
  if (isFile || target.startsWith("node:")) return [];
  return target.match(/^(?:@[^/]+\/)?[^/]+/) ?? [];
}

function unite(...names: readonly (readonly string[])[]): string[] {
  return [...new Set(names.flat())].sort();
}
