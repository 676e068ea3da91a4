/** The type of a family, as Prometheus defines it. */
export type MetricType = "gauge" | "counter" | "histogram";

/** A metric family, declared once as a constant; its labels are part of its type. */
export interface Family<L extends readonly string[] = readonly string[]> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** Label names in alphabetical order, the order in which they are written. */
  readonly labels: L;
}

/** One value of a family, with one label value per label of the family. */
export interface Sample {
  readonly value: number;
  readonly labelValues: readonly string[];
  /** Which series of a histogram this belongs to; absent for gauges and counters. */
  readonly part?: HistogramPart;
}

/** A bucket with its upper bound, or one of the two totals of a histogram. */
export type HistogramPart =
  | { readonly suffix: "_bucket"; readonly upperBound: number }
  | { readonly suffix: "_sum" | "_count" };

/** The samples of one family, as a collector delivers them. */
export interface FamilySamples {
  readonly family: Family;
  readonly samples: readonly Sample[];
}

/** One string per label of a family. */
export type LabelValues<L extends readonly string[]> = { readonly [K in keyof L]: string };

/** The longest label value that is written, in characters; longer ones are cut. */
export const MAX_LABEL_VALUE_LENGTH = 1024;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Declares a family; throws `TypeError` when Prometheus would reject its name or labels. */
export function family<const L extends readonly string[]>(declaration: Family<L>): Family<L> {
  const { name, type, labels } = declaration;
  if (!METRIC_NAME.test(name)) throw new TypeError(`Invalid metric name "${name}"`);
  if (type === "counter" && !name.endsWith("_total")) {
    throw new TypeError(`Invalid counter name "${name}": it must end with "_total"`);
  }
  for (const [index, label] of labels.entries()) {
    if (!LABEL_NAME.test(label)) throw new TypeError(`Invalid label name "${label}" for ${name}`);
    const previous = labels[index - 1];
    if (previous !== undefined && previous >= label) {
      throw new TypeError(`Cannot declare ${name}: its labels must be in alphabetical order`);
    }
  }
  return declaration;
}

/** Makes one sample; throws `TypeError` when the label values do not match the family's labels. */
export function sample<const L extends readonly string[]>(
  family: Family<L>,
  value: number,
  ...labelValues: LabelValues<L>
): Sample {
  if (labelValues.length !== family.labels.length) {
    throw new TypeError(
      `Cannot make a sample of ${family.name}: it has ${family.labels.length} labels, not ${labelValues.length}`,
    );
  }
  return { value, labelValues: labelValues.map(cutLabelValue) };
}

// Legal, but invisible, and some scrapers treat them as the end of a line.
const INVISIBLE = /[\p{Cc}\u2028\u2029]/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, "gu");

/** A label value as it is written: without invisible characters, and cut to the maximum length. */
export function cutLabelValue(value: string): string {
  // A character has at most two units, so none of what is kept is lost, and long texts cost nothing.
  const whole = value.slice(0, 2 * MAX_LABEL_VALUE_LENGTH).toWellFormed();
  const text = INVISIBLE.test(whole) ? whole.replaceAll(EVERY_INVISIBLE, "\ufffd") : whole;
  if (text.length <= MAX_LABEL_VALUE_LENGTH) return text;
  const characters = [...text];
  return characters.length <= MAX_LABEL_VALUE_LENGTH
    ? text
    : characters.slice(0, MAX_LABEL_VALUE_LENGTH).join("");
}
