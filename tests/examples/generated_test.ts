import assert from "node:assert/strict";
import { chartFiles } from "../../scripts/chart_files.ts";
import { chartSchema } from "../../scripts/chart_schema.ts";
import { dashboardFile } from "../../scripts/dashboard.ts";
import { findOutdated, type GeneratedFiles } from "../../scripts/generated_files.ts";
import { metricsOf } from "../../scripts/metric_names.ts";
import { CATALOGUE } from "../../src/app/catalogue.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("generated: dashboard, chart's copies and chart's schema are as they would be generated", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
  const files = [...dashboardFile(), ...await chartFiles(read), ...await chartSchema(read)];
  const outdated = await findOutdated(new Map(files), read);
  assert.deepEqual(outdated, [], `Run "deno task examples": ${outdated} is out of date`);
});

Deno.test("generated dashboard: it mentions no metric that the exporter does not have", () => {
  const unknown = [...namesIn(dashboardFile())].filter((name) => !isKnown(name));
  assert.deepEqual(unknown, [], `The exporter does not have ${unknown}`);
});

Deno.test("generated dashboard: renaming any metric in it breaks its generation", () => {
  const used = [...namesIn(dashboardFile())].map((name) => name.replace(/_bucket$/, ""))
    .filter((name) => CATALOGUE.has(name));
  assert.ok(used.length > 10, `Only ${used} are used`);
  for (const name of used) {
    const renamed = new Map([...CATALOGUE].filter(([other]) => other !== name));
    const message = `Cannot refer to the metric "${name}": the exporter has none of that name`;
    assert.throws(() => dashboardFile(renamed), new Error(message));
  }
});

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

/** Everything in the files that looks like a metric of the exporter. */
function namesIn(files: GeneratedFiles): Set<string> {
  const text = [...files.values()].join("\n");
  return new Set(text.match(/\b(?:spacelift|process)_[a-z0-9_]+/g));
}

function isKnown(name: string): boolean {
  const histogram = name.replace(/_bucket$/, "");
  return CATALOGUE.has(name) || CATALOGUE.get(histogram)?.family.type === "histogram";
}
