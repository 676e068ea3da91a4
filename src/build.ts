import config from "../deno.json" with { type: "json" };

/** Identifies this build; a release replaces this file with its own values. */
export const BUILD = {
  version: config.version,
  /** Full commit hash, or `devel` when run from source. */
  commit: "devel",
  /** ISO 8601 date of the commit, empty when run from source. */
  date: "",
};
