import assert from "node:assert/strict";
import { archiveName, binaryName, findTarget, TARGETS } from "../../../scripts/release/targets.ts";

Deno.test("targets: archives are named as users of the older exporter know them", () => {
  assert.deepEqual(TARGETS.map((target) => archiveName(target, "0.1.0")), [
    "spacelift-promex_0.1.0_linux_amd64.tar.gz",
    "spacelift-promex_0.1.0_linux_arm64.tar.gz",
    "spacelift-promex_0.1.0_darwin_amd64.tar.gz",
    "spacelift-promex_0.1.0_darwin_arm64.tar.gz",
    "spacelift-promex_0.1.0_windows_amd64.zip",
    "spacelift-promex_0.1.0_windows_arm64.zip",
  ]);
});

Deno.test("targets: without a name it is this machine", () => {
  assert.equal(findTarget().triple, Deno.build.target);
  assert.equal(binaryName(findTarget("windows-arm64")), "spacelift-promex.exe");
});

Deno.test("targets: an unknown one is an error that lists the known", () => {
  assert.throws(() => findTarget("plan9-386"), {
    message: 'Cannot build for "plan9-386": the targets are linux-amd64, linux-arm64, ' +
      "darwin-amd64, darwin-arm64, windows-amd64, windows-arm64",
  });
});
