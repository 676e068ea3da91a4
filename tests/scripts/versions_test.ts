import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import renovate from "../../.github/renovate.json" with { type: "json" };
import { filesWithOwner, OWNED_FILES, OWNER, writeOwner } from "../../scripts/owner.ts";
import { VERSIONED_FILES, writeVersion } from "../../scripts/versioned_files.ts";

const ROOT = new URL("../../", import.meta.url);

/** Dependencies, products and records: what these name is not what the project is. */
const OTHERS = ["node_modules", "dist", "cov", "tests", ".git", "deno.lock", "CHANGELOG.md"];

Deno.test("versions: everything is built and tested with one Deno", async () => {
  const named = await placesOf(/\b(?:deno-version: |deno[/:@ ]\S*?|Deno\S* )(\d+\.\d+\.\d+)\b/g);
  for (const [path, versions] of named) {
    for (const version of versions) assert.equal(version, Deno.version.deno, `in ${path}`);
  }
  for (const path of [".ci/run", "Dockerfile", "README.md", ".github/workflows/release.yml"]) {
    assert.ok(named.has(path), `no version of Deno was found in ${path}`);
  }
});

Deno.test("versions: the bot that updates Deno finds every place that names it", async () => {
  const named = await placesOf(new RegExp(Deno.version.deno.replaceAll(".", "\\."), "g"));
  // Its own manager of Dockerfiles reads this one.
  named.delete("Dockerfile");
  for (const [path, versions] of named) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const found = renovate.customManagers
      .filter((manager) => manager.managerFilePatterns.some((p) => matches(p, path)))
      .flatMap((manager) => manager.matchStrings)
      .flatMap((pattern) => [...text.matchAll(new RegExp(pattern, "g"))]);
    assert.equal(found.length, versions.length, `in ${path}`);
  }
});

Deno.test("versions: what names the exporter's version is written by deno task docs", async () => {
  const named = await placesOf(/\bspacelift-promex(?:[:/_@]| version )v?(\d+\.\d+\.\d+)/g);
  for (const path of named.keys()) assert.ok(isVersioned(path), `${path} names the version`);
  for (const path of VERSIONED_FILES) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    assert.notEqual(writeVersion(text, "9.9.9-rc.1"), text, `${path} names no version`);
    assert.ok(writeVersion(text, config.version) === text, `${path}: run deno task docs`);
  }
});

Deno.test("versions: only the exporter's version is written, and wherever it is named", () => {
  const text = (version: string) =>
    [
      `image: ghcr.io/OWNER/spacelift-promex:${version}`,
      `spacelift-promex version ${version}`,
      `version=${version}`,
      `version: ${version}`,
      `appVersion: "${version}"`,
      "apiVersion: 1.0.0",
      "text/plain; version=0.0.4",
      "npx -y deno@2.9.6",
    ].join("\n");
  assert.equal(writeVersion(text("0.1.0"), "0.2.0-rc.1"), text("0.2.0-rc.1"));
  assert.equal(writeVersion(text("0.2.0-rc.1"), "0.2.0"), text("0.2.0"));
});

Deno.test("owner: what names the publisher is written by deno task docs", async () => {
  const named = await placesOf(/(?:ghcr\.io\/|github\.com\/|--repo )([\w-]+)\/spacelift-promex\b/g);
  // Of the records of the project these say where the name comes from.
  const scripts = [...named.keys()].filter((path) => /^(?:scripts|\.github)\//.test(path));
  assert.deepEqual(
    [...named.keys()].filter((path) => !scripts.includes(path)).sort(),
    [...OWNED_FILES].sort(),
  );
  for (const path of OWNED_FILES) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    assert.ok(writeOwner(text, OWNER) === text, `${path}: run deno task docs`);
    const moved = writeOwner(text, "acme");
    assert.doesNotMatch(moved, new RegExp(`\\b${OWNER}\\b`), `${path} still names ${OWNER}`);
    assert.equal(writeOwner(moved, OWNER), text);
  }
});

Deno.test("owner: another account is written into every file that names one, and decides", async () => {
  const files = await filesWithOwner("acme");
  assert.deepEqual([...files.keys()], [...OWNED_FILES, "scripts/owner.ts"]);
  for (const [path, text] of files) {
    if (path !== "scripts/owner.ts") assert.equal(text, writeOwner(text, "acme"), path);
    else assert.match(text, /^export const OWNER = "acme";$/m);
    assert.notEqual(text, await Deno.readTextFile(new URL(path, ROOT)), path);
  }
  for (const wrong of ["", "a b", "-a", "a-", "a--b", "a/b", "x".repeat(40)]) {
    await assert.rejects(filesWithOwner(wrong), /cannot be the name of a GitHub account/);
  }
});

function isVersioned(path: string): boolean {
  return VERSIONED_FILES.some((versioned) => versioned === path);
}

/** Whether one of the update bot's patterns, between slashes, is for a file. */
function matches(pattern: string, path: string): boolean {
  return new RegExp(pattern.slice(1, -1)).test(path);
}

/** The versions that a pattern finds (its first group, or all of it) by the files that name them. */
async function placesOf(pattern: RegExp): Promise<Map<string, string[]>> {
  const places = new Map<string, string[]>();
  const walk = async (folder: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      const path = `${folder}${name}`;
      if (OTHERS.includes(name)) continue;
      if (isDirectory) {
        await walk(`${path}/`);
        continue;
      }
      const text = await Deno.readTextFile(new URL(path, ROOT));
      const found = [...text.matchAll(pattern)].map(([all, group]) => group ?? all);
      if (found.length > 0) places.set(path, found);
    }
  };
  await walk("./");
  return new Map([...places].map(([path, found]) => [path.replace("./", ""), found]));
}
