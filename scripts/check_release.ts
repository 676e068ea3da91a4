/**
 * Checks without building anything whether the sources are fit for a release.
 *
 *     deno task check-release [--tagged]
 *
 * With `--tagged` also whether the working tree is clean, its commit has the version's tag, and the
 * publisher's name is no placeholder.
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { Checks } from "./checks.ts";
import { findChangelogEntry } from "./release/release_notes.ts";
import { OWNED_FILES, OWNER, PLACEHOLDER, writeOwner } from "./owner.ts";
import { runCommand } from "./run_command.ts";
import { say } from "./say.ts";
import { VERSIONED_FILES, writeVersion } from "./versioned_files.ts";

/** The Deno that releases are built with, as Dockerfile pins it. */
const PINNED_DENO = /^FROM .*denoland\/deno:(\d+\.\d+\.\d+)/m;

/** Checks everything that a release rests on and returns the number of failed checks. */
export async function checkRelease(options: { tagged: boolean }): Promise<number> {
  const { version } = config;
  const tag = `v${version}`;
  const checks = new Checks(say);
  await checks.run("the version is a semantic version", () => {
    assert.match(version, /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/);
    return version;
  });
  for (const path of VERSIONED_FILES) {
    await checks.run(`${path} names the version`, async () => {
      const text = await Deno.readTextFile(path);
      assert.ok(writeVersion(text, version) === text, "it names another: run deno task docs");
    });
  }
  await checks.run("CHANGELOG.md has a dated entry for the version", async () => {
    const entry = findChangelogEntry(await Deno.readTextFile("CHANGELOG.md"), version);
    assert.ok(entry.date, `the heading "## [${version}]" has no date`);
    return entry.date;
  });
  await checks.run("archives have their documents", async () => {
    for (const name of ["LICENSE", "README.md"]) await Deno.stat(name);
  });
  await checks.run("this Deno is the one that Dockerfile builds with", async () => {
    const [, pinned] = PINNED_DENO.exec(await Deno.readTextFile("Dockerfile")) ?? [];
    assert.equal(Deno.version.deno, pinned);
    return pinned;
  });
  if (options.tagged) {
    await checks.run("scripts/owner.ts says who publishes this", () => {
      assert.notEqual(OWNER, PLACEHOLDER, "it has a placeholder: write the account's name");
      // Where the release workflow runs, its images go to the account that it runs for.
      const { GITHUB_REPOSITORY_OWNER: account = OWNER } = Deno.env.toObject();
      assert.equal(OWNER.toLowerCase(), account.toLowerCase());
      return OWNER;
    });
    for (const path of OWNED_FILES) {
      await checks.run(`${path} says whose images these are`, async () => {
        const text = await Deno.readTextFile(path);
        assert.ok(writeOwner(text, OWNER) === text, "it names another account: run deno task docs");
      });
    }
    await checks.run("the working tree is clean", async () => {
      assert.equal(await runCommand("git", ["status", "--porcelain"]), "");
    });
    await checks.run(`the commit has the tag ${tag}`, async () => {
      const tags = await runCommand("git", ["tag", "--points-at", "HEAD"]);
      assert.ok(tags.split("\n").includes(tag), `its tags are [${tags.trim()}]`);
    });
  }
  return checks.failures;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { tagged: { type: "boolean", default: false } } });
  Deno.exit(await checkRelease(values) === 0 ? 0 : 1);
}
