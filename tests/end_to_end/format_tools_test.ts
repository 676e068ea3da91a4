import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { parseExposition } from "../support/parse_exposition.ts";
import { runTool } from "../support/run_tool.ts";
import { startExporter } from "../support/start_exporter.ts";
import { hasTool } from "../support/tools.ts";

const PYTHON = "/usr/bin/python3";

const READ_OPENMETRICS = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(len(families), sum(len(family.samples) for family in families))
`;

Deno.test({
  name: "promtool has nothing to say but what is recorded of the old names",
  ignore: !await hasTool("promtool", "--version"),
  async fn() {
    const { stdout, stderr } = await runTool("promtool", ["check", "metrics"], {
      stdin: await scrape("text/plain"),
    });
    const said = (stdout + stderr).split("\n").filter((line) => line !== "").sort();
    const baseline = new URL("promtool_baseline.txt", import.meta.url);
    const allowed = (await Deno.readTextFile(baseline)).split("\n").filter((line) => line !== "");
    const fresh = said.filter((line) => !allowed.includes(line));
    assert.deepEqual(fresh, [], "promtool objects to something new");
    const gone = allowed.filter((line) => !said.includes(line));
    assert.deepEqual(gone, [], "the baseline can shrink: promtool no longer says this");
  },
});

Deno.test({
  name: "the strict OpenMetrics parser of Prometheus's Python client reads every sample",
  ignore: !await hasPythonClient(),
  async fn() {
    const text = await scrape("application/openmetrics-text");
    const { code, stdout, stderr } = await runTool(PYTHON, ["-c", READ_OPENMETRICS], {
      stdin: text,
    });
    assert.equal(code, 0, stderr);
    const families = parseExposition(text, "openmetrics");
    const samples = families.flatMap(({ samples }) => samples);
    assert.equal(stdout, `${families.length} ${samples.length}\n`);
  },
});

async function scrape(accept: string): Promise<string> {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get({ accept });
  return await response.text();
}

async function hasPythonClient(): Promise<boolean> {
  if (!await hasTool(PYTHON, "--version")) return false;
  const { code } = await runTool(PYTHON, ["-c", "import prometheus_client"]);
  if (code !== 0 && Deno.env.get("CI") === "true") {
    throw new Error("CI must install python3-prometheus-client");
  }
  return code === 0;
}
