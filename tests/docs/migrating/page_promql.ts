const FAMILIES = {
  STACKS: "spacelift_current_stacks_count_by_state",
  RESOURCES: "spacelift_current_resources_count_by_drift",
} as const;

/** A query of the page as Prometheus takes it, over times that a test can wait for. */
export function asPromql(query: string): string {
  return query
    .replaceAll(/\b(STACKS|RESOURCES)\b/g, (_, name: keyof typeof FAMILIES) => FAMILIES[name])
    .replaceAll("[1h:]", "[3s:1s]")
    .replaceAll("1h", "3s");
}

/** A query with totals in the place of single stacks, as the page says how to write it. */
export function rewritten(query: string): string {
  return query.replaceAll(
    /\b(?:STACKS|RESOURCES)\b(?:\{[^}]*\})?/g,
    (selector) => `(sum without (space, stack) (${selector}))`,
  ).replaceAll(
    /\(sum without \(space, stack\) \(([^()]*)\)\)( offset \w+|\[1h\])/g,
    (_, selector, rest: string) =>
      rest === "[1h]"
        ? `sum without (space, stack) (${selector})[1h:]`
        : `sum without (space, stack) (${selector}${rest})`,
  );
}
