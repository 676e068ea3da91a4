import type { Format } from "../../src/metrics/write_family.ts";

/** One sample line as it was read. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One family as it was read; a counter is named like its samples in both formats. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: ParsedSample[];
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (.*)$/s;
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (gauge|counter|histogram)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.+)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/ys;
const NUMBER = /^(?:NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const FLOAT = /^(?:\+Inf|\d+\.\d+|\d+(?:\.\d+)?e[+-]\d+)$/;
const HISTOGRAM_SUFFIXES = ["_bucket", "_sum", "_count"];

/**
 * Reads an exposition more strictly than any scraper: throws at whatever this exporter never
 * writes, such as a blank line, unsorted families or labels, a second HELP, or an unneeded escape.
 */
export function parseExposition(text: string, format: Format): ParsedFamily[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new SyntaxError("The last line does not end");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new SyntaxError("No # EOF");
  const families: ParsedFamily[] = [];
  const series = new Set<string>();
  for (let index = 0; index < lines.length;) {
    const [, title = "", help = ""] = match(HELP, lines[index++]);
    const [, typed, type = ""] = match(TYPE, lines[index++]);
    if (typed !== title) throw new SyntaxError(`HELP of ${title} stands before TYPE of ${typed}`);
    const [, unit] = format === "openmetrics" ? /_(seconds|bytes)$/.exec(title) ?? [] : [];
    if (unit !== undefined && lines[index++] !== `# UNIT ${title} ${unit}`) {
      throw new SyntaxError(`${title} has no line that says its unit`);
    }
    const name = format === "openmetrics" && type === "counter" ? `${title}_total` : title;
    const previous = families.at(-1)?.name;
    if (previous !== undefined && previous >= name) {
      throw new SyntaxError(`${name} stands behind ${previous}`);
    }
    const samples: ParsedSample[] = [];
    for (let line = lines[index]; line !== undefined && !line.startsWith("#"); index++) {
      samples.push(parseSample(line, { name, type, format, series }));
      line = lines[index + 1];
    }
    if (samples.length === 0) throw new SyntaxError(`${name} has no samples`);
    families.push({ name, help: unescape(help, format === "text"), type, samples });
  }
  return families;
}

/** The values of an exposition by series, written as `name{label="value"}`. */
export function seriesOf(families: readonly ParsedFamily[]): Map<string, number> {
  return new Map(
    families.flatMap(({ samples }) => samples.map((sample) => [seriesName(sample), sample.value])),
  );
}

function parseSample(
  line: string,
  family: { name: string; type: string; format: Format; series: Set<string> },
): ParsedSample {
  const [, name = "", pairs = "", number = ""] = match(SAMPLE, line);
  const names = family.type === "histogram"
    ? HISTOGRAM_SUFFIXES.map((suffix) => family.name + suffix)
    : [family.name];
  if (!names.includes(name)) throw new SyntaxError(`${name} is no sample of ${family.name}`);
  if (!NUMBER.test(number)) throw new SyntaxError(`"${number}" is no number`);
  const labels = parseLabels(pairs);
  const isBucket = name === `${family.name}_bucket` && family.type === "histogram";
  if (isBucket !== ("le" in labels)) throw new SyntaxError(`Misplaced or missing le: ${line}`);
  if (isBucket && family.format === "openmetrics" && !FLOAT.test(labels["le"] ?? "")) {
    throw new SyntaxError(`The bound ${labels["le"]} is no canonical float`);
  }
  const sample = { name, labels, value: Number(number.replace("Inf", "Infinity")) };
  const id = seriesName(sample);
  if (family.series.has(id)) throw new SyntaxError(`${id} is there twice`);
  family.series.add(id);
  return sample;
}

function parseLabels(pairs: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let last = "";
  LABEL.lastIndex = 0;
  for (let end = 0; end < pairs.length; end = LABEL.lastIndex) {
    const [whole, name = "", value = "", comma] = LABEL.exec(pairs) ?? [];
    if (whole === undefined) throw new SyntaxError(`Cannot read the labels {${pairs}}`);
    if (name <= last) throw new SyntaxError(`The labels {${pairs}} are not sorted`);
    if (comma === "," && LABEL.lastIndex === pairs.length) {
      throw new SyntaxError(`The labels {${pairs}} end with a comma`);
    }
    labels[name] = unescape(value, false);
    last = name;
  }
  return labels;
}

/** In the text format a HELP may hold bare quotes, and has no other escape for them. */
function unescape(text: string, bareQuotes: boolean): string {
  const allowed = bareQuotes ? /^(?:[^\\]|\\[\\n])*$/s : /^(?:[^"\\]|\\["\\n])*$/s;
  if (!allowed.test(text)) throw new SyntaxError(`Wrong escapes in "${text}"`);
  return text.replaceAll(/\\(.)/g, (_, character) => character === "n" ? "\n" : character);
}

function seriesName({ name, labels }: ParsedSample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function match(pattern: RegExp, line = ""): RegExpExecArray {
  const found = pattern.exec(line);
  if (found === null) throw new SyntaxError(`Cannot read the line "${line}"`);
  return found;
}
