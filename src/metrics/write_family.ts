import type { Family, FamilySamples, Sample } from "./family.ts";
import type { Utf8Writer } from "./utf8_writer.ts";

/** The supported exposition formats: text 0.0.4 and OpenMetrics 1.0. */
export type Format = "text" | "openmetrics";

/**
 * Writes the sample lines of one family; those of gauges and counters are the same in both formats.
 */
export function writeSamples(
  { family, samples }: FamilySamples,
  format: Format,
  out: Utf8Writer,
): void {
  if (family.type === "histogram") return writeHistogram(family, samples, format, out);
  const openings = family.labels.map((label, index) =>
    `${index === 0 ? `${family.name}{` : '",'}${label}="`
  );
  const [bare, closing] = openings.length === 0 ? [family.name, " "] : ["", '"} '];
  for (const { value, labelValues } of samples) {
    let line = bare;
    for (let index = 0; index < openings.length; index++) {
      line += openings[index] + escapeLabelValue(labelValues[index] ?? "");
    }
    out.write(line + closing + formatNumber(value) + "\n");
  }
}

/** Units as suffixes of names. */
const UNIT = /_(seconds|bytes)$/;

/** The HELP and TYPE lines of a family, and the UNIT line if the format has one. */
export function writeHead({ name, help, type }: Family, format: Format): string {
  // OpenMetrics names the family of a counter without the suffix of its samples.
  const title = format === "openmetrics" && type === "counter" ? name.slice(0, -6) : name;
  const description = format === "openmetrics" ? escapeLabelValue(help) : escapeHelp(help);
  const [, unit] = format === "openmetrics" ? UNIT.exec(title) ?? [] : [];
  const unitLine = unit === undefined ? "" : `# UNIT ${title} ${unit}\n`;
  return `# HELP ${title} ${description}\n# TYPE ${title} ${type}\n${unitLine}`;
}

function writeHistogram(
  family: Family,
  samples: readonly Sample[],
  format: Format,
  out: Utf8Writer,
): void {
  const { name, labels } = family;
  // `le` takes its alphabetical place among the labels.
  const position = labels.filter((label) => label < "le").length;
  let series: readonly string[] | undefined;
  let before = "";
  let after = "";
  let all = "";
  for (const { value, labelValues, part } of samples) {
    if (part === undefined) {
      throw new TypeError(`Cannot write a sample of ${name}: it is not part of a histogram`);
    }
    if (labelValues !== series) {
      // The samples of a series share their labels and follow one another.
      series = labelValues;
      const pairs = labels.map((label, index) =>
        `${label}="${escapeLabelValue(labelValues[index] ?? "")}"`
      );
      before = pairs.slice(0, position).map((pair) => `${pair},`).join("");
      after = pairs.slice(position).map((pair) => `,${pair}`).join("");
      all = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    }
    const written = part.suffix === "_bucket"
      ? `{${before}le="${formatBound(part.upperBound, format)}"${after}}`
      : all;
    out.write(`${name}${part.suffix}${written} ${formatNumber(value)}\n`);
  }
}

const SPECIAL = /[\\"\n]/;

function escapeLabelValue(value: string): string {
  return SPECIAL.test(value)
    ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    : value;
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

/** OpenMetrics requires bucket bounds to be floating-point numbers: `1.0`, not `1`. */
function formatBound(bound: number, format: Format): string {
  return format === "openmetrics" && Number.isInteger(bound) ? `${bound}.0` : formatNumber(bound);
}
