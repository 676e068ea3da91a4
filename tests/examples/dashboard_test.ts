import assert from "node:assert/strict";
import { dashboardJson, panelQueries } from "./dashboard_json.ts";
import { knownSeries } from "./known_series.ts";
import { labelsOf } from "./promql.ts";

const { panels, templating } = dashboardJson();
const SHOWING = panels.filter(({ type }) => type !== "row");

Deno.test("dashboard: every panel has a title, a description, a unit and the chosen data source", () => {
  for (const { title, description, datasource, fieldConfig, targets } of SHOWING) {
    assert.notEqual(title, "");
    assert.match(description ?? "", /^[A-Z].*\.$/s, `The description of "${title}"`);
    assert.ok(fieldConfig?.defaults.unit, `"${title}" has no unit`);
    assert.equal(datasource?.uid, "${datasource}", `The data source of "${title}"`);
    assert.ok((targets ?? []).length > 0, `"${title}" has no queries`);
  }
});

Deno.test("dashboard: panels fit into 24 columns and do not overlap", () => {
  const taken = new Map<string, string>();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    assert.ok(x >= 0 && x + w <= 24, `"${title}" does not fit: it ends at column ${x + w}`);
    for (let row = y; row < y + h; row++) {
      for (let column = x; column < x + w; column++) {
        const other = taken.get(`${column},${row}`);
        assert.equal(other, undefined, `"${title}" lies upon "${other}"`);
        taken.set(`${column},${row}`, title);
      }
    }
  }
  const ids = panels.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "Two panels have the same id");
});

Deno.test("dashboard: every query is for the chosen job, and rates are over Grafana's interval", () => {
  for (const { panel: { title }, target: { expr } } of panelQueries()) {
    const selectors = expr.match(/\b(?:spacelift[_:]|process_)[\w:]+(?:\{[^}]*\})?/g) ?? [];
    assert.ok(selectors.length > 0, `A query of "${title}" asks for no metric: ${expr}`);
    const unbound = selectors.filter((selector) => !selector.includes('job=~"$job"'));
    assert.deepEqual(unbound, [], `A query of "${title}" ignores $job`);
    for (const [, range] of expr.matchAll(/\[(.*?)\]/g)) {
      assert.match(String(range), /^\$__(rate_interval|range)$/, `A range of "${title}"`);
    }
  }
});

Deno.test("dashboard: every query is about metrics that are scraped or recorded, and their labels", () => {
  for (const { panel: { title }, target: { expr } } of panelQueries()) {
    const filledIn = expr.replaceAll(/\$__(rate_interval|range)/g, "5m");
    assert.doesNotThrow(() => labelsOf(filledIn, knownSeries()), `A query of "${title}"`);
  }
});

Deno.test("dashboard: lines that are more than one have a legend", () => {
  for (const { panel: { title, type }, target: { expr, legendFormat } } of panelQueries()) {
    if (type !== "timeseries") continue;
    assert.notEqual(legendFormat, "", `A line of "${title}" has no legend`);
    const [, labels = ""] = /\bby \(([^)]*)\)(?!.*\bby \()/s.exec(expr) ?? [];
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      const known = labels === "" || labels.includes(String(label)) || expr.includes("group_left");
      assert.ok(known, `The legend of "${title}" has ${label}, its query has ${labels}`);
    }
  }
});

Deno.test("dashboard: the reader chooses data source, job, space and worker pool, or all", () => {
  assert.deepEqual(templating.list.map(({ name, label }) => `${name}: ${label}`), [
    "datasource: Data source",
    "job: Job",
    "space: Space",
    "worker_pool: Worker pool",
  ]);
  const queries = panelQueries().map(({ target }) => target.expr).join("\n");
  for (const { name, type, allValue } of templating.list) {
    if (type !== "query") continue;
    assert.ok(queries.includes(`$${name}`), `No query uses $${name}`);
    assert.ok(allValue === ".*" || allValue === ".+", `$${name} cannot be all`);
  }
});

Deno.test("dashboard: it has every panel of that of Spacelift's own exporter", () => {
  const titles = SHOWING.map(({ title }) => title.toLowerCase());
  const original = [
    "Billing Period Start",
    "Billing Period End",
    "Time until usage resets",
    "Public Minutes Used",
    "Private Minutes Used",
    "Used Seats",
    "Parallelism",
    "Busy Workers",
    "Pending Runs",
    "Runs Executing",
    "Private Worker Pools",
  ];
  const lacking = original.filter((title) => !titles.includes(title.toLowerCase()));
  assert.deepEqual(lacking, [], `These are missing: ${lacking}`);
});
