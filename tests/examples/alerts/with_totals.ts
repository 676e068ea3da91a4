/** The families whose names go to totals with `--stacks-totals`, and what their series are named then. */
const NAMES: Readonly<Record<string, string>> = {
  spacelift_current_stacks_count_by_state: "spacelift_stack_state",
  spacelift_current_resources_count_by_drift: "spacelift_stack_resources_by_drift",
};

/** The samples of a scrape, by series, as they are with `--stacks-totals`. */
export function withTotals(samples: ReadonlyMap<string, number>): Map<string, number> {
  const changed = new Map<string, number>();
  for (const [series, value] of samples) {
    const [, name = "", labels = ""] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
    const single = NAMES[name];
    if (single === undefined) {
      changed.set(series, value);
      continue;
    }
    const total = `${name}{${labels.replace(/(?<=\b(?:space|stack)=)"[^"]*"/g, '""')}}`;
    changed.set(total, (changed.get(total) ?? 0) + value);
    // Totals of the account, where single stacks are not to be had, stay what they are.
    if (series !== total) changed.set(`${single}{${labels}}`, value);
  }
  return changed;
}
