/** A key for maps by label values: equal for equal values, and sorted as they are. */
export function labelKey(labelValues: readonly string[]): string {
  return labelValues.join("\u0000");
}

/** The values of a map by such keys, sorted by the labels. */
export function sortedByLabels<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1).map(([, value]) => value);
}
