import assert from "node:assert/strict";
import { alertGroups, ruleFiles } from "../../scripts/alerts.ts";
import { metricsOf } from "../../scripts/metric_names.ts";
import { runTool } from "../support/run_tool.ts";
import { hasTool } from "../support/tools.ts";
import { playScenario } from "./alerts/play_scenario.ts";
import { ruleTestFile } from "./alerts/rule_test_file.ts";
import type { Scenario } from "./alerts/scenario.ts";
import { SCENARIOS } from "./alerts/scenarios.ts";

const ALERTS = alertGroups(metricsOf()).flatMap(({ alerts }) => alerts);
const withoutPromtool = !await hasTool("promtool", "--version");

for (const scenario of SCENARIOS) {
  Deno.test({
    name: `alerts, promtool: ${scenario.name}`,
    ignore: withoutPromtool,
    fn: () => checkScenario(scenario),
  });
}

Deno.test("alerts: each one is shown firing as people see it, and silent on a healthy day", () => {
  const shown = SCENARIOS.flatMap(({ alerts }) => alerts).filter(({ shown }) =>
    shown !== undefined
  );
  assert.deepEqual(
    ALERTS.map(({ name }) => name).toSorted(),
    shown.map(({ name }) => name).toSorted(),
    "These alerts and these scenarios do not match",
  );
  assert.ok(SCENARIOS.some(({ alerts }) => alerts.length === 0), "No scenario is healthy");
});

async function checkScenario(scenario: Scenario): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "promex-rules-" });
  try {
    const paths: string[] = [];
    for (const [path, text] of ruleFiles(metricsOf(), scenario.allowance)) {
      if (!path.endsWith(".yaml")) continue;
      const copy = `${folder}/${path.replaceAll("/", "-")}`;
      await Deno.writeTextFile(copy, text);
      paths.push(copy);
    }
    const series = await playScenario(scenario);
    const file = `${folder}/scenario.yaml`;
    await Deno.writeTextFile(file, ruleTestFile(scenario, { series, ruleFiles: paths }));
    const { code, stdout, stderr } = await runTool("promtool", ["test", "rules", file]);
    assert.equal(code, 0, `The alerts are not as expected:\n${stderr}${stdout}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
