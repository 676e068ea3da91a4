/** A heading such as `## [1.2.3] - 2026-11-22`. */
const HEADING = /^## \[(?<version>[^\]]+)\](?: - (?<date>\d{4}-\d{2}-\d{2}))?$/gm;

/** What CHANGELOG.md says of one version. */
export interface ChangelogEntry {
  /** ISO 8601; undefined where the heading has none. */
  readonly date: string | undefined;
  readonly text: string;
}

/** The changelog's entry for a version; throws when it has none or an empty one. */
export function findChangelogEntry(changelog: string, version: string): ChangelogEntry {
  const headings = [...changelog.matchAll(HEADING)];
  const index = headings.findIndex(({ groups }) => groups?.["version"] === version);
  const heading = headings[index];
  if (heading === undefined) throw new Error(`CHANGELOG.md has no heading "## [${version}]"`);
  const text = changelog
    .slice(heading.index + heading[0].length, headings[index + 1]?.index)
    .replace(/^\[[^\]]+\]: .*$/gm, "")
    .trim();
  if (text === "") throw new Error(`CHANGELOG.md has nothing under "## [${version}]"`);
  return { date: heading.groups?.["date"], text };
}

/** The release notes of a version. */
export function releaseNotes(changelog: string, version: string): string {
  return `${findChangelogEntry(changelog, version).text}\n`;
}
