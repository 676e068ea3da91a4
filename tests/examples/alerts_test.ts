import assert from "node:assert/strict";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";
import { runTool } from "../support/run_tool.ts";
import { playScenario } from "./alerts/play_scenario.ts";
import { ruleTestFile } from "./alerts/rule_test_file.ts";
import type { Scenario } from "./alerts/scenario.ts";
import { SCENARIOS } from "./alerts/scenarios.ts";
import type { InputSeries } from "./alerts/series_recorder.ts";
import { timingTable } from "./alerts/timing_table.ts";
import { ALERTS, copyRules, RUNBOOK_TEXT } from "./rule_files.ts";

/** Those in which it matters how the exporter serves stacks. */
const ON_STACKS = SCENARIOS.filter(({ alerts }) =>
  alerts.length === 0 || alerts.some(({ name }) => name.startsWith("SpaceliftStack"))
);

for (const scenario of SCENARIOS) {
  // Played once each, for whichever Prometheus comes first.
  const played = new Map<string, Promise<readonly InputSeries[]>>();
  testWithPrometheus(`alerts: ${scenario.name}`, async ({ promtool, major }, t) => {
    const check = async (...flags: readonly string[]) => {
      const playing = played.get(flags.join()) ?? playScenario(scenario, flags);
      played.set(flags.join(), playing);
      await checkScenario(scenario, { series: await playing, promtool, major });
    };
    await t.step("by default", () => check());
    if (!ON_STACKS.includes(scenario)) return;
    await t.step("with --stacks-totals", () => check("--stacks-totals"));
  });
}

Deno.test("alerts: each one is shown firing as people see it, and silent on a healthy day", () => {
  const shown = SCENARIOS.flatMap(({ alerts }) => alerts).filter(({ shown }) =>
    shown !== undefined
  );
  assert.deepEqual(
    ALERTS.map(({ alert }) => alert).toSorted(),
    shown.map(({ name }) => name).toSorted(),
    "These alerts and these scenarios do not match",
  );
  assert.ok(SCENARIOS.some(({ alerts }) => alerts.length === 0), "No scenario is healthy");
});

Deno.test("alerts: the runbook says when each fires and resolves, as the scenarios show", async () => {
  const [before = "", written = "", after = ""] = RUNBOOK_TEXT.split(
    /(?<=<!-- timing -->\n\n)|(?=\n<!-- \/timing -->)/,
  );
  const table = `${timingTable()}\n`;
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    const file = new URL("../../examples/prometheus/RUNBOOK.md", import.meta.url);
    await Deno.writeTextFile(file, before + table + after);
    return;
  }
  assert.equal(written, table, "UPDATE_GOLDEN=1 writes the table of RUNBOOK.md again");
});

async function checkScenario(
  scenario: Scenario,
  { series, promtool, major }: {
    series: readonly InputSeries[];
    promtool: string;
    major: 2 | 3;
  },
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "promex-rules-" });
  try {
    const ruleFiles = await copyRules(folder, scenario.allowance ?? {});
    const file = `${folder}/scenario.yaml`;
    await Deno.writeTextFile(file, ruleTestFile(scenario, { series, ruleFiles, major }));
    const { code, stdout, stderr } = await runTool(promtool, ["test", "rules", file]);
    assert.equal(code, 0, `The alerts are not as expected:\n${stderr}${stdout}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
