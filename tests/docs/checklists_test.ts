import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { DOCUMENTS, exists } from "./documents.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("documents: every file and folder of the repository that they name exists", async () => {
  const missing: string[] = [];
  let named = 0;
  for (const [path, text] of DOCUMENTS) {
    if (path === "CHANGELOG.md") continue;
    for (
      const [, place = ""] of text.matchAll(/`((?:src|tests|scripts|examples|docs)\/[^`\s]*)`/g)
    ) {
      if (/[<*]/.test(place)) continue;
      named += 1;
      if (!await exists(place)) missing.push(`${path}: ${place}`);
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(named > 40, `only ${named} were found`);
});

Deno.test("documents: every task that they name exists", () => {
  let named = 0;
  for (const [path, text] of DOCUMENTS) {
    for (const [, task = ""] of text.matchAll(/\bdeno(?:@[\d.]+)? task (?:--quiet )?([a-z-]+)/g)) {
      named += 1;
      assert.ok(Object.hasOwn(config.tasks, task), `${path}: there is no task ${task}`);
    }
  }
  assert.ok(named > 20, `only ${named} were found`);
});

Deno.test("ARCHITECTURE.md: the tree has every folder of src, and no other", async () => {
  const text = DOCUMENTS.get(".github/ARCHITECTURE.md") ?? "";
  const drawn = [...text.matchAll(/^src\/([a-z]+)\//gm)].map(([, name]) => name);
  const folders = (await Array.fromAsync(Deno.readDir(new URL("src/", ROOT))))
    .filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name);
  assert.deepEqual([...new Set(drawn)].sort(), folders.sort());
});

Deno.test("CONTRIBUTING.md: what the checklists name is in the source", async () => {
  const text = DOCUMENTS.get(".github/CONTRIBUTING.md") ?? "";
  const places: readonly (readonly [name: string, file: string, found: RegExp])[] = [
    ["queryCollector", "src/collectors/collector.ts", /export function queryCollector\b/],
    ["schedule", "src/collectors/collector.ts", /readonly schedule\?:/],
    ["gauge(name, help, read)", "src/metrics/metric.ts", /export function gauge\b/],
    ["perItem", "src/metrics/metric.ts", /export function perItem\b/],
    ["smaller", "src/collectors/collector.ts", /readonly smaller\?:/],
    ["leavesOut", "src/collectors/collector.ts", /readonly leavesOut:/],
    ["SMALL_REPLY_BYTES", "src/spacelift/endpoint.ts", /export const SMALL_REPLY_BYTES\b/],
    ["IN_EITHER_CASE", "src/collectors/stacks/metrics.ts", /^const IN_EITHER_CASE\b/m],
    ["perStack", "src/collectors/stacks/metrics.ts", /^function perStack\b/m],
    ["StacksSettings", "src/collectors/stacks/collector.ts", /export interface StacksSettings\b/],
    ["EXPORTER_FLAGS", "src/cli/flags.ts", /^const EXPORTER_FLAGS\b/m],
    ["saasAccount", "tests/support/accounts.ts", /export function saasAccount\b/],
    ["shown", "tests/examples/alerts/scenario.ts", /readonly shown\?:/],
    ["the runbook says", "tests/examples/alerts_test.ts", /"alerts: the runbook says/],
    ["A healthy day", "tests/examples/alerts/scenarios/healthy_day.ts", /name: "A healthy day/],
    ["UPDATE_GOLDEN", "tests/golden_test.ts", /UPDATE_GOLDEN/],
    ["UPDATE_GOLDEN", "tests/cli/help_test.ts", /UPDATE_GOLDEN/],
    ["UPDATE_GOLDEN", "tests/collectors/documents_test.ts", /UPDATE_GOLDEN/],
    ["PROMETHEUS3", ".ci/run", /PROMETHEUS3/],
  ];
  for (const [name, file, found] of places) {
    assert.ok(text.includes(name), `the checklists do not name ${name}`);
    assert.match(await Deno.readTextFile(new URL(file, ROOT)), found, file);
  }
});
