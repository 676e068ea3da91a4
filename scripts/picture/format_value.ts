import type { Look } from "./dashboard_json.ts";

/** Colors as Grafana names them. */
const COLORS: Readonly<Record<string, string>> = {
  green: "#73bf69",
  "light-green": "#96d98d",
  "light-red": "#ff7383",
  orange: "#ff9830",
  red: "#f2495c",
  text: "#ccccdc",
};

/** A value as text, and its color. */
export function formatValue(value: number | string, look: Look): { text: string; color: string } {
  const mapped = look.mappings.map(({ options }) => options[String(value)])
    .find((text) => text !== undefined);
  if (mapped !== undefined) return { text: mapped.text, color: colorOf(mapped.color) };
  if (typeof value === "string") return { text: value, color: colorOf("text") };
  const step = look.thresholds.steps.findLast((step) => step.value === null || value >= step.value);
  return { text: formatNumber(value, look), color: colorOf(step?.color ?? "text") };
}

/** A color by its name. */
export function colorOf(name: string): string {
  return COLORS[name] ?? name;
}

function formatNumber(value: number, { unit, decimals }: Look): string {
  switch (unit) {
    case "percentunit":
      return `${(value * 100).toFixed(decimals ?? (value < 1 ? 1 : 0))}%`;
    case "s":
      return formatSeconds(value);
    case "dateTimeAsSystem":
      return new Date(value).toISOString().replace("T", " ").slice(0, 16);
    default:
      return value.toLocaleString("en", { maximumFractionDigits: decimals ?? 1 });
  }
}

function formatSeconds(seconds: number): string {
  const units: readonly [number, string][] = [[86_400, "days"], [3600, "hours"], [60, "mins"]];
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${(seconds / size).toFixed(name === "s" ? 0 : 1)} ${name}`;
}
