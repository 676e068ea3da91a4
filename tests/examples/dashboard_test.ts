import assert from "node:assert/strict";
import { flagsOf } from "../../src/cli/flags.ts";
import { dashboardJson, type DashboardPanel, everyPanel, panelQueries } from "./dashboard_json.ts";
import { knownSeries } from "./known_series.ts";
import { labelsOf } from "./promql.ts";

const { templating } = dashboardJson();
const panels = everyPanel();
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
    // What is allowed is written into the rules, and is nobody's series.
    const unbound = selectors.filter((selector) =>
      !selector.includes('job=~"$job"') && !selector.includes(":billing_period_allowed:")
    );
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
    "exporter: Status page of",
    "account_url: Spacelift",
  ]);
  const queries = panelQueries().map(({ target }) => target.expr).join("\n");
  // Older Grafanas take an id for the variable's name, and several would be one.
  assert.ok(templating.list.every((variable) => !("id" in variable)));
  for (const { name, allValue } of templating.list.slice(1, 4)) {
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

Deno.test("dashboard: spaces and worker pools are chosen by name, and sought by id", () => {
  const offered = (variable: string, line: string) => {
    const regex = templating.list.find(({ name }) => name === variable)?.regex ?? "";
    const [, pattern = ""] = /^\/(.*)\/$/.exec(regex) ?? [];
    const { text, value } = new RegExp(pattern).exec(line)?.groups ?? {};
    return [text, value];
  };
  assert.deepEqual(offered("space", '{space="net-01H",space_name="Network"} 1 1700000000000'), [
    "Network",
    "net-01H",
  ]);
  assert.deepEqual(offered("space", '{space="a",space_name="say "hi" } 2"} 1 1700000000000'), [
    'say "hi" } 2',
    "a",
  ]);
  // Without a name Grafana shows the value.
  assert.deepEqual(offered("space", '{space="root"} 1 1700000000000'), [undefined, "root"]);
  const pool = '{worker_pool_id="01P", worker_pool_name="gpu"} 1 1700000000000';
  assert.deepEqual(offered("worker_pool", pool), ["gpu", "01P"]);
});

Deno.test("dashboard: what a variable offers comes from metrics that exist, and their labels", () => {
  for (const { name, query } of templating.list) {
    if (typeof query !== "object") continue;
    const [, values, label = "", results] =
      /^(?:label_values\((.*), (\w+)\)|query_result\((.*)\))$/.exec(query.query) ?? [];
    const labels = labelsOf(values ?? results ?? "", knownSeries());
    assert.ok(values === undefined || labels.has(label), `$${name} asks for ${query.query}`);
  }
});

Deno.test("dashboard: the first row is the page's first screen, open, and leads to the page", () => {
  const [heading] = panels;
  assert.deepEqual([heading?.title, heading?.collapsed], ["What needs attention now", false]);
  const next = panels.findIndex(({ type }, index) => index > 0 && type === "row");
  const titles = panels.slice(1, next).map(({ title }) => title);
  assert.deepEqual(titles, [
    "Data from Spacelift",
    "Waiting for a worker",
    "Failed stacks",
    "Unconfirmed stacks",
    "Drifted",
    "Billing period",
    "Failed and unconfirmed stacks",
    "Private worker pools",
  ]);
  for (const panel of panels.slice(1, 7)) {
    assert.match(JSON.stringify(linksOf(panel)), /"http:\/\/\$\{exporter\}\//, panel.title);
  }
});

Deno.test("dashboard: every list of stacks leads to the stack in Spacelift, by its id", () => {
  const lists = SHOWING.filter(({ type, targets }) =>
    type === "table" && JSON.stringify(targets).includes("stack_name")
  );
  assert.equal(lists.length, 2);
  for (const panel of lists) {
    assert.match(
      JSON.stringify(linksOf(panel)),
      /"\$\{account_url\}\/stack\/\$\{__data\.fields\.ID\}"/,
    );
    assert.match(JSON.stringify(panel), /"stack":"ID"/, `"${panel.title}" has no column ID`);
  }
});

Deno.test("dashboard: what needs a switch is folded away, in a row that names it", () => {
  const folded = panels.filter(({ type, collapsed }) => type === "row" && collapsed);
  assert.ok(folded.length > 0);
  for (const { title, panels = [] } of folded) {
    const [, flag = ""] = /\((?:needs|with) --([\w.-]+)\)$/.exec(title) ?? [];
    assert.ok(flagsOf("serve").some(({ name }) => name === flag), `"${title}" names no flag`);
    assert.ok(panels.length > 0, `"${title}" is empty`);
  }
  const open = dashboardJson().panels;
  for (const name of DETAILS) {
    assert.doesNotMatch(JSON.stringify(open.filter(({ type }) => type !== "row")), name);
  }
});

Deno.test("dashboard: no figure has a maximum, and no threshold but 0 and 1 is a guess", () => {
  /** Values that mean something: the share or age from which an alert fires. */
  const known = [null, 0, 1, 0.9, 900];
  for (const { title, fieldConfig } of SHOWING) {
    const text = JSON.stringify(fieldConfig);
    assert.doesNotMatch(text, /"max":/, `"${title}"`);
    for (const [, steps = ""] of text.matchAll(/"steps":(\[.*?\])/g)) {
      for (const { value } of JSON.parse(steps)) {
        assert.ok(known.includes(value), `"${title}" has a threshold at ${value}`);
      }
    }
  }
});

/** Families that are served only with --stacks-details. */
const DETAILS = [/spacelift_stack_(blocked|disabled|locked|needs_approval|last_apply)/];

function linksOf({ fieldConfig }: DashboardPanel): unknown[] {
  return (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === "links").map(({ value }) => value)
  );
}
