/** What this build is; the build script replaces `commit` and `date` when it makes a release. */
export const BUILD = {
  version: "0.1.0",
  /** Full commit hash, or `devel` when run from source. */
  commit: "devel",
  /** ISO 8601 date of the commit, empty when run from source. */
  date: "",
};

/** The version in words, e.g. `0.1.0 (commit 1a2b3c4)`. */
export function describeBuild(): string {
  return BUILD.commit === "devel"
    ? BUILD.version
    : `${BUILD.version} (commit ${BUILD.commit.slice(0, 12)})`;
}
