import config from "../deno.json" with { type: "json" };

/** What this build is; a release is bundled with a file of its own values in place of this one. */
export const BUILD = {
  version: config.version,
  /** Full commit hash, or `devel` when run from source. */
  commit: "devel",
  /** ISO 8601 date of the commit, empty when run from source. */
  date: "",
};
