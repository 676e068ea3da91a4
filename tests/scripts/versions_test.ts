import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { BUILD } from "../../src/version.ts";

Deno.test("versions: everything is built and tested with one Deno", async () => {
  const workflows = (await Array.fromAsync(Deno.readDir(".github/workflows")))
    .map(({ name }) => `.github/workflows/${name}`);
  let found = 0;
  for (const path of ["Dockerfile", "README.md", ...workflows]) {
    const text = await Deno.readTextFile(path);
    for (
      const [, version] of text.matchAll(/(?:denoland\/deno:|deno-version: |deno@)(\d[\w.]*)/g)
    ) {
      assert.equal(version, Deno.version.deno, `in ${path}`);
      found++;
    }
  }
  assert.ok(found >= 4, `only ${found} places name a version of Deno`);
});

Deno.test("versions: the exporter, its chart and its manifests have one version", async () => {
  assert.equal(BUILD.version, config.version);
  const chart = await Deno.readTextFile("examples/helm/spacelift-promex/Chart.yaml");
  assert.ok(chart.includes(`appVersion: "${config.version}"`), chart);
});
