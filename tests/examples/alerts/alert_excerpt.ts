import { ruleFiles } from "../../../scripts/alerts.ts";

/** One group of the file of alerts, as it stands there but not indented. */
export function alertExcerpt(group: string): string {
  const text = ruleFiles().get("examples/prometheus/alerts.yaml") ?? "";
  const excerpt = text.split(/^(?= {2}- name: )/m)
    .find((part) => part.startsWith(`  - name: ${group}\n`));
  if (excerpt === undefined) throw new RangeError(`There is no group ${group}`);
  return excerpt.trimEnd().replaceAll(/^ {2}/gm, "");
}
