import { CATALOGUE, type CatalogueEntry } from "../src/app/catalogue.ts";

/** How a label is matched in a selector, such as `="FAILED"` or `=~"$space"`. */
export type Matchers = Readonly<Record<string, string>>;

/** Writes PromQL selectors; each throws for a metric or label that the exporter does not have. */
export interface Metrics {
  /** The series of a gauge or counter. */
  select(name: string, matchers?: Matchers): string;
  /** What a rule of examples/prometheus/rules.yaml records. */
  recorded(name: `spacelift:${string}`, matchers?: Matchers): string;
  /** The worker time that an account may use in a billing period, if rules.yaml contains it. */
  allowed(kind: "public" | "private"): string;
  /** The buckets of a histogram. */
  buckets(name: string, matchers?: Matchers): string;
}

/** Labels that Prometheus itself gives to every series. */
const TARGET_LABELS = ["job", "instance"];

/** Selectors for the metrics of a catalogue; the common matchers are put into each of them. */
export function metricsOf(
  catalogue: ReadonlyMap<string, CatalogueEntry> = CATALOGUE,
  common: Matchers = {},
): Metrics {
  const find = (name: string, matchers: Matchers) => {
    const family = catalogue.get(name)?.family;
    if (family === undefined) {
      throw new Error(`Cannot refer to the metric "${name}": the exporter has none of that name`);
    }
    const known = [...family.labels, ...TARGET_LABELS];
    const unknown = Object.keys(matchers).find((label) => !known.includes(label));
    if (unknown !== undefined) {
      throw new Error(`Cannot match the label "${unknown}" of ${name}: it has ${known.join(", ")}`);
    }
    return family;
  };
  return {
    select(name, matchers = {}) {
      const { type } = find(name, matchers);
      if (type === "histogram") throw new Error(`Cannot select ${name} as a whole: select buckets`);
      return selector(name, { ...common, ...matchers });
    },
    recorded: (name, matchers = {}) => selector(name, { ...common, ...matchers }),
    // Values set in the rules themselves have no job, and are infinite until they are set.
    allowed: (kind) => `max(spacelift:billing_period_allowed:seconds{kind="${kind}"} < Inf)`,
    buckets(name, matchers = {}) {
      const { type } = find(name, matchers);
      if (type !== "histogram") throw new Error(`Cannot select buckets of ${name}: it has none`);
      return selector(`${name}_bucket`, { ...common, ...matchers });
    },
  };
}

function selector(name: string, matchers: Matchers): string {
  const pairs = Object.entries(matchers).map(([label, match]) => `${label}${match}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(", ")}}`;
}
