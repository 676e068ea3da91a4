import {
  cutLabelValue,
  type Family,
  family,
  type FamilySamples,
  type LabelValues,
  type Sample,
  sample,
} from "./family.ts";

/** A family together with how to read its samples from their source. */
export interface Metric<S> {
  readonly family: Family;
  /** Undefined when the source has no data for it, which leaves the family to another source. */
  readonly read: (source: S) => readonly Sample[] | undefined;
}

/** A metric with one sample; null means unknown and omits it. */
export function single<S>(
  family: Family<readonly []>,
  value: (source: S) => number | null,
): Metric<S> {
  return {
    family,
    read(source) {
      const known = value(source);
      return known === null ? [] : [sample(family, known)];
    },
  };
}

/** A gauge without labels. */
export function gauge<S>(
  name: string,
  help: string,
  value: (source: S) => number | null,
): Metric<S> {
  return single(family({ name, help, type: "gauge", labels: [] }), value);
}

/** A metric with one sample per item; items without a value are left out. */
export function perItem<S, T, const L extends readonly string[]>(
  family: Family<L>,
  read: {
    readonly items: (source: S) => Iterable<T>;
    readonly value: (item: T, source: S) => number | null;
    readonly labels: (item: T) => LabelValues<L>;
  },
): Metric<S> {
  return {
    family,
    read(source) {
      const samples: Sample[] = [];
      for (const item of read.items(source)) {
        const value = read.value(item, source);
        if (value !== null) samples.push(sample(family, value, ...read.labels(item)));
      }
      return samples;
    },
  };
}

/** Declares gauges with one sample for each of the same items, which share their label values. */
export function gaugesPerItem<S extends object, T, const L extends readonly string[]>(shared: {
  readonly items: (source: S) => readonly T[];
  readonly labels: L;
  readonly labelValues: (item: T) => LabelValues<L>;
}): (name: string, help: string, value: (item: T) => number | null) => Metric<S> {
  const { items, labels, labelValues } = shared;
  interface Labelled {
    readonly item: T;
    readonly labelValues: readonly string[];
  }
  // To make them again for each gauge would take more time than to read the values.
  const made = new WeakMap<S, readonly Labelled[]>();
  const labelled = (source: S) => {
    const known = made.get(source);
    if (known !== undefined) return known;
    const all = items(source).map((item) => (
      { item, labelValues: labelValues(item).map(cutLabelValue) }
    ));
    made.set(source, all);
    return all;
  };
  return (name, help, value) => ({
    family: family({ name, help, type: "gauge", labels }),
    read(source) {
      const samples: Sample[] = [];
      for (const { item, labelValues } of labelled(source)) {
        const known = value(item);
        if (known !== null) samples.push({ value: known, labelValues });
      }
      return samples;
    },
  });
}

/** The families of the metrics with their samples, each read only when iterated. */
export function* readMetrics<S>(metrics: Iterable<Metric<S>>, source: S): Generator<FamilySamples> {
  for (const { family, read } of metrics) {
    const samples = read(source);
    if (samples !== undefined) yield { family, samples };
  }
}
