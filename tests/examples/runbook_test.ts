import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import { knownSeries } from "./known_series.ts";
import { labelsOf } from "./promql.ts";
import { ALERTS, RUNBOOK_TEXT } from "./rule_files.ts";

const ENTRIES = [...RUNBOOK_TEXT.matchAll(/^### (.*)$([^]*?)(?=^##)/gm)]
  .map(([, name = "", text = ""]) => ({ name, text }));

/** What each entry answers, in this order. */
const QUESTIONS = [
  "What it means.",
  "What users of Spacelift notice.",
  "Is the exporter alive?",
  "On the status page.",
  "In Spacelift.",
  "What to do.",
  "When to wake someone else.",
];

Deno.test("runbook: every alert has its entry and every entry its alert, in the same order", () => {
  assert.deepEqual(ENTRIES.map(({ name }) => name), ALERTS.map(({ alert }) => alert));
});

Deno.test("runbook: every entry answers every question, and says how severe it is, after how long", () => {
  for (const { name, text } of ENTRIES) {
    const answers = text.split(/^\*\*(.*)\*\*/gm);
    assert.deepEqual(answers.filter((_, index) => index % 2 === 1), QUESTIONS, name);
    for (const [index, answer] of answers.entries()) assert.notEqual(answer.trim(), "", `${index}`);
    const alert = ALERTS.find(({ alert }) => alert === name);
    const after = alert?.for === undefined ? "" : `, after ${alert.for}`;
    const head = `Severity: ${alert?.labels.severity}${after}. Needs: `;
    assert.ok(text.trimStart().startsWith(head), `${name} should begin with "${head}"`);
  }
});

Deno.test("runbook: every link within it, and from the alerts, leads to a heading", () => {
  const anchors = [...RUNBOOK_TEXT.matchAll(/^#+ (.+)$/gm)]
    .map(([, title = ""]) =>
      title.toLowerCase().replaceAll(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
    );
  const links = [...RUNBOOK_TEXT.matchAll(/\]\(#(.*?)\)/g)].map(([, anchor]) => String(anchor));
  assert.ok(links.length > 10);
  for (const link of links) assert.ok(anchors.includes(link), `#${link} leads nowhere`);
});

const matchers = v.array(v.string());
const alertmanager = v.object({
  route: v.object({
    routes: v.array(v.object({ matchers, group_by: v.array(v.string()) })),
  }),
  inhibit_rules: v.array(
    v.object({ source_matchers: matchers, target_matchers: matchers, equal: v.array(v.string()) }),
  ),
});

Deno.test("runbook: its configuration of Alertmanager fits the alerts", () => {
  const [, yaml = ""] = /```yaml\n([^]*?)```/.exec(RUNBOOK_TEXT) ?? [];
  const { route, inhibit_rules } = v.parse(alertmanager, parse(yaml));
  const [stacks, all] = route.routes;
  const namesOf = (matchers: readonly string[] | undefined) =>
    matched(matchers).map(({ alert }) => alert);
  assert.deepEqual(namesOf(all?.matchers), ALERTS.map(({ alert }) => alert));
  const perStack = ALERTS.filter(({ expr }) =>
    /^(?:count without \(stack\) \()?spacelift:stack_/.test(expr)
  );
  assert.deepEqual(namesOf(stacks?.matchers), perStack.map(({ alert }) => alert));
  for (const { matchers, group_by } of route.routes) {
    const labels = group_by.filter((label) => label !== "alertname");
    checkLabels(matchers, labels, ["SpaceliftExporterAbsent", "SpaceliftBilling"]);
  }
  for (const { source_matchers, target_matchers, equal } of inhibit_rules) {
    for (const matchers of [source_matchers, target_matchers]) {
      checkLabels(matchers, equal);
      const [, names = ""] = /Spacelift\((.*)\)/.exec(matchers.join()) ?? [];
      assert.equal(matched(matchers).length, names.split("|").length, `Not all of ${names} exist`);
    }
  }
});

Deno.test("runbook: its kubectl finds what the manifests label", async () => {
  const [, label, name] = /kubectl get (?:\S+ )*-l (\S+)=([\w-]+)/.exec(RUNBOOK_TEXT) ?? [];
  for (const file of ["deployment", "podmonitor", "servicemonitor"]) {
    const text = await Deno.readTextFile(`examples/kubernetes/${file}.yaml`);
    assert.ok(text.includes(`${label}: ${name}\n`), `${file}.yaml lacks ${label}: ${name}`);
  }
});

/** The alerts that matchers of the form `alertname =~ "..."` choose. */
function matched(matchers: readonly string[] = []): typeof ALERTS {
  const [, pattern = ""] = /^alertname =~ "(.*)"$/.exec(matchers.join()) ?? [];
  return ALERTS.filter(({ alert }) => new RegExp(`^(?:${pattern})$`).test(alert));
}

function checkLabels(
  matchers: readonly string[],
  labels: readonly string[],
  except: readonly string[] = [],
): void {
  for (const { alert, expr } of matched(matchers)) {
    if (except.some((name) => alert.startsWith(name))) continue;
    const missing = labels.filter((label) => !labelsOf(expr, knownSeries()).has(label));
    assert.deepEqual(missing, [], `${alert} has no such label`);
  }
}
