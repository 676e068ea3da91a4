import { CATALOGUE, type CatalogueEntry } from "../../src/app/catalogue.ts";
import { labelsOf, type LabelsOfMetric } from "./promql.ts";
import { RECORDING_RULES } from "./rule_files.ts";

/** The families that the exporter can serve, by name. */
export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

/** Labels that Prometheus gives to every series that it scrapes; the last one in Kubernetes. */
const TARGET_LABELS = ["instance", "job", "pod"];

/** Series that Prometheus itself makes of scrapes. */
const OF_PROMETHEUS = ["up", "scrape_duration_seconds"];

/** The labels of everything that is scraped or recorded, as far as it builds on a catalogue. */
export function knownSeries(catalogue: Catalogue = CATALOGUE): LabelsOfMetric {
  const recorded = new Map<string, Set<string> | undefined>();
  const find = (name: string): ReadonlySet<string> | undefined => {
    if (recorded.has(name)) return recorded.get(name) ?? new Set();
    const rules = RECORDING_RULES.filter(({ record }) => record === name);
    if (rules.length === 0) return scraped(name, catalogue);
    // A rule that refers to itself adds no label that its other part has not.
    recorded.set(name, undefined);
    const labels = rules.map(({ expr, labels = {} }) =>
      labelsOf(expr, find).union(new Set(Object.keys(labels)))
    );
    const all = labels.reduce((all, some) => all.union(some));
    recorded.set(name, all);
    return all;
  };
  return find;
}

function scraped(name: string, catalogue: Catalogue): ReadonlySet<string> | undefined {
  if (OF_PROMETHEUS.includes(name)) return new Set(TARGET_LABELS);
  const plain = catalogue.get(name);
  if (plain !== undefined && plain.family.type !== "histogram") {
    return new Set([...plain.family.labels, ...TARGET_LABELS]);
  }
  const [, base = "", suffix] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? [];
  const histogram = catalogue.get(base)?.family;
  if (histogram?.type !== "histogram") return undefined;
  const own = suffix === "bucket" ? ["le"] : [];
  return new Set([...histogram.labels, ...own, ...TARGET_LABELS]);
}
