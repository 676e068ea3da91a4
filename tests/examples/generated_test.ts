import assert from "node:assert/strict";
import { runbookUrl } from "../../scripts/alerts/alert.ts";
import { alertGroups, ruleFiles } from "../../scripts/alerts.ts";
import { dashboardFile } from "../../scripts/dashboard.ts";
import { findOutdated, type GeneratedFiles } from "../../scripts/generated_files.ts";
import { metricsOf } from "../../scripts/metric_names.ts";
import { CATALOGUE, type CatalogueEntry } from "../../src/app/catalogue.ts";
import { runTool } from "../support/run_tool.ts";
import { hasTool } from "../support/tools.ts";

const ROOT = new URL("../../", import.meta.url);
const GENERATED: Readonly<Record<string, (catalogue: Catalogue) => GeneratedFiles>> = {
  dashboard: dashboardFile,
  rules: (catalogue) => ruleFiles(metricsOf(catalogue)),
};

type Catalogue = ReadonlyMap<string, CatalogueEntry>;

for (const [name, generate] of Object.entries(GENERATED)) {
  Deno.test(`generated ${name}: the files in the repository are as they would be generated`, async () => {
    const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
    const outdated = await findOutdated(generate(CATALOGUE), read);
    assert.deepEqual(outdated, [], `Run "deno task examples": ${outdated} is out of date`);
  });

  Deno.test(`generated ${name}: they mention no metric that the exporter does not have`, () => {
    const unknown = [...namesIn(generate(CATALOGUE))].filter((name) => !isKnown(name));
    assert.deepEqual(unknown, [], `The exporter does not have ${unknown}`);
  });

  Deno.test(`generated ${name}: renaming any metric in them breaks their generation`, () => {
    const used = [...namesIn(generate(CATALOGUE))].map((name) => name.replace(/_bucket$/, ""))
      .filter((name) => CATALOGUE.has(name));
    assert.ok(used.length > 10, `Only ${used} are used`);
    for (const name of used) {
      const renamed = new Map([...CATALOGUE].filter(([other]) => other !== name));
      const message = `Cannot refer to the metric "${name}": the exporter has none of that name`;
      assert.throws(() => generate(renamed), new Error(message));
    }
  });
}

Deno.test("generated: a label that a metric does not have is refused", () => {
  const { select, buckets } = metricsOf();
  const pending = "spacelift_worker_pool_runs_pending";
  assert.throws(
    () => select(pending, { space: '="root"' }),
    /^Error: Cannot match the label "space" of spacelift_worker_pool_runs_pending: it has /,
  );
  assert.throws(() => buckets(pending), /it has none$/);
  assert.throws(() => select("spacelift_exporter_api_request_duration_seconds"), /select buckets$/);
  assert.equal(
    metricsOf(CATALOGUE, { job: '="a"' }).select(pending, { worker_pool_id: '="b"' }),
    `${pending}{job="a", worker_pool_id="b"}`,
  );
});

Deno.test("generated runbook: each alert has its section, which its annotation leads to", async () => {
  const text = await Deno.readTextFile(new URL("examples/prometheus/RUNBOOK.md", ROOT));
  const anchors = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => anchorOf(title)));
  const alerts = alertGroups(metricsOf()).flatMap(({ alerts }) => alerts);
  const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
  assert.deepEqual(sections, alerts.map(({ name }) => name));
  const links = [
    ...alerts.map((alert) => runbookUrl(alert).replace("RUNBOOK.md#", "")),
    ...[...text.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor]) => anchor),
  ];
  for (const link of links) assert.ok(anchors.has(String(link)), `#${link} leads nowhere`);
});

Deno.test({
  name: "generated rules: promtool finds nothing wrong with them",
  ignore: !await hasTool("promtool", "--version"),
  async fn() {
    const paths = [...ruleFiles().keys()].filter((path) => path.endsWith(".yaml"));
    const absolute = paths.map((path) => new URL(path, ROOT).pathname);
    const { code, stdout, stderr } = await runTool("promtool", ["check", "rules", ...absolute]);
    assert.equal(code, 0, `${stderr}${stdout}`);
    assert.doesNotMatch(`${stderr}${stdout}`, /duplicate/);
  },
});

/** Everything in the files that looks like a metric of the exporter. */
function namesIn(files: GeneratedFiles): Set<string> {
  const text = [...files.values()].join("\n");
  return new Set(text.match(/\b(?:spacelift|process)_[a-z0-9_]+/g));
}

function isKnown(name: string): boolean {
  const histogram = name.replace(/_bucket$/, "");
  return CATALOGUE.has(name) || CATALOGUE.get(histogram)?.family.type === "histogram";
}

function anchorOf(title = ""): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
