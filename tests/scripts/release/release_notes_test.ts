import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { findChangelogEntry, releaseNotes } from "../../../scripts/release/release_notes.ts";

const CHANGELOG = [
  "# Changelog",
  "",
  "## [Unreleased]",
  "",
  "## [1.1.0] - 2026-12-01",
  "",
  "### Added",
  "",
  "- A thing, see [1.0.0].",
  "",
  "## [1.0.0]",
  "",
  "First release.",
  "",
  "[1.0.0]: https://example.com/1.0.0",
  "",
].join("\n");

Deno.test("release_notes: a version's entry ends where the next begins", () => {
  assert.equal(releaseNotes(CHANGELOG, "1.1.0"), "### Added\n\n- A thing, see [1.0.0].\n");
  assert.equal(findChangelogEntry(CHANGELOG, "1.1.0").date, "2026-12-01");
});

Deno.test("release_notes: the last entry has neither date nor the list of links", () => {
  assert.deepEqual(findChangelogEntry(CHANGELOG, "1.0.0"), {
    date: undefined,
    text: "First release.",
  });
});

Deno.test("release_notes: a version without an entry, or with an empty one, is an error", () => {
  assert.throws(() => releaseNotes(CHANGELOG, "2.0.0"), /no heading "## \[2\.0\.0\]"/);
  assert.throws(() => releaseNotes(CHANGELOG, "Unreleased"), /nothing under "## \[Unreleased\]"/);
});

Deno.test("release_notes: CHANGELOG.md has an entry for this version", async () => {
  const changelog = await Deno.readTextFile("CHANGELOG.md");
  assert.ok(releaseNotes(changelog, config.version).length > 100);
});
