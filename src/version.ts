import { BUILD } from "./build.ts";

export { BUILD };

/** The version in words, e.g. `1.2.3 (commit 1a2b3c4d5e6f)`. */
export function describeBuild(): string {
  return BUILD.commit === "devel"
    ? BUILD.version
    : `${BUILD.version} (commit ${BUILD.commit.slice(0, 12)})`;
}
