import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";

const FOLDER = new URL("../../examples/prometheus/", import.meta.url);

const annotations = v.strictObject({
  summary: v.string(),
  description: v.string(),
  runbook_url: v.string(),
  dashboard_url: v.string(),
});
const alertSchema = v.strictObject({
  alert: v.string(),
  expr: v.string(),
  for: v.optional(v.string()),
  labels: v.strictObject({ severity: v.picklist(["critical", "warning", "info"]) }),
  annotations,
});
const recordingSchema = v.strictObject({
  record: v.string(),
  expr: v.string(),
  labels: v.optional(v.record(v.string(), v.string())),
});

/** An alert as it stands in alerts.yaml. */
export type Alert = v.InferOutput<typeof alertSchema>;

/** A recording rule as it stands in rules.yaml. */
export type RecordingRule = v.InferOutput<typeof recordingSchema>;

/** The worker time that an account may use in a billing period, in seconds. */
export interface Allowance {
  readonly private: number;
  readonly public: number;
}

/** The texts of the three files. */
export const ALERTS_TEXT = await Deno.readTextFile(new URL("alerts.yaml", FOLDER));
export const RULES_TEXT = await Deno.readTextFile(new URL("rules.yaml", FOLDER));
export const RUNBOOK_TEXT = await Deno.readTextFile(new URL("RUNBOOK.md", FOLDER));

/** The groups of alerts and of recording rules, in the order of their files. */
export const ALERT_GROUPS = alertGroupsIn(ALERTS_TEXT);
export const RECORDING_GROUPS = groupsIn(RULES_TEXT, recordingSchema);

export const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ rules }) => rules);
export const RECORDING_RULES: readonly RecordingRule[] = RECORDING_GROUPS
  .flatMap(({ rules }) => rules);

/** Where the files of rules lie. */
export const RULE_PATHS = ["rules.yaml", "alerts.yaml"]
  .map((name) => new URL(name, FOLDER).pathname);

/** Copies the files of rules into a folder, with an allowance for the billing period; their paths. */
export async function copyRules(folder: string, allowance: Partial<Allowance>): Promise<string[]> {
  // Without intervals of their own: no test waits two minutes for a rule.
  const groups = RECORDING_GROUPS.map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => withAllowance(rule, allowance)),
  }));
  // JSON is YAML.
  const texts = { "rules.yaml": JSON.stringify({ groups }), "alerts.yaml": ALERTS_TEXT };
  const paths: string[] = [];
  for (const [name, text] of Object.entries(texts)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    paths.push(`${folder}/${name}`);
  }
  return paths;
}

function withAllowance(rule: RecordingRule, allowance: Partial<Allowance>): RecordingRule {
  if (rule.record !== "spacelift:billing_period_allowed:seconds") return rule;
  assert.equal(rule.expr, "vector(Inf)", "As shipped, the allowance is infinite");
  const kind = v.parse(v.picklist(["private", "public"]), rule.labels?.["kind"]);
  return { ...rule, expr: `vector(${allowance[kind] ?? "Inf"})` };
}

/** The groups of alerts in a text like that of alerts.yaml. */
export function alertGroupsIn(text: string): { name: string; rules: Alert[] }[] {
  return groupsIn(text, alertSchema);
}

function groupsIn<T>(text: string, rule: v.GenericSchema<unknown, T>) {
  const group = v.strictObject({
    name: v.string(),
    interval: v.optional(v.string()),
    rules: v.array(rule),
  });
  return v.parse(v.strictObject({ groups: v.array(group) }), parse(text)).groups;
}
