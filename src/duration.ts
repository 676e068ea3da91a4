const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["\u00b5s", 1e-3], // micro sign
  ["\u03bcs", 1e-3], // Greek letter mu
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/** The longest duration in milliseconds: 2^63 - 1 nanoseconds, about 292 years. */
const MAX_MS = 9_223_372_036_854;

/**
 * Parses a duration as Go writes it, such as `5s`, `1m30s`, `1.5h` or `0`, into milliseconds;
 * undefined for any other text, for negative durations and for those over 292 years.
 */
export function parseDuration(text: string): number | undefined {
  const unsigned = text.startsWith("+") ? text.slice(1) : text;
  if (unsigned === "0") return 0;
  let total = 0;
  let end = 0;
  while (end < unsigned.length) {
    PART.lastIndex = end;
    const [part = "", amount = "", unit = ""] = PART.exec(unsigned) ?? [];
    if (part === "") return undefined;
    total += Number(amount) * (MS_PER_UNIT.get(unit) ?? NaN);
    end += part.length;
  }
  // Fractions of a unit leave rounding errors after the 15th digit.
  const rounded = Number(total.toPrecision(15));
  return end > 0 && rounded <= MAX_MS ? rounded : undefined;
}

/** The shortest text for a duration in whole milliseconds, e.g. `1m30s`; `parseDuration` reads it. */
export function formatDuration(ms: number): string {
  let text = "";
  let rest = ms;
  for (const [unit, size] of [["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === "" ? "0s" : text;
}
