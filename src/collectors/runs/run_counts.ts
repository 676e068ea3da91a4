import type { Sample } from "../../metrics/family.ts";
import { labelKey, sortedByLabels } from "./label_key.ts";

/** How long a new series is served at 0 before it counts anything, in milliseconds. */
export const ZERO_TIME = 60_000;

/** The value of each label of the counter of runs, in the order of their names. */
export type RunLabels = readonly [
  driftDetection: string,
  space: string,
  stack: string,
  state: string,
  type: string,
];

interface Series {
  readonly labelValues: RunLabels;
  value: number;
  /** Counted but not yet shown, so that scrapers see the series at 0 first. */
  held: number;
  readonly heldUntil: number;
}

/**
 * Counts runs by their labels for as long as the process lives. Prometheus sees no increase in a
 * counter that first appears as 1, so each series is served at 0 for a minute. Above the limit
 * stacks are no longer distinguished, which keeps sums right; above twice the limit no label is.
 */
export class RunCounts {
  readonly #limit: number;
  readonly #series = new Map<string, Series>();
  #sorted: Series[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Ensures that a series exists; `now` is monotonic milliseconds. */
  open(labels: RunLabels, now: number): void {
    this.#find(labels, now);
  }

  /** Counts one run. */
  add(labels: RunLabels, now: number): void {
    this.#find(labels, now).held++;
  }

  /** Every series, sorted by its labels. */
  samples(now: number): Sample[] {
    if (this.#sorted.length < this.#series.size) {
      this.#sorted = sortedByLabels(this.#series);
    }
    return this.#sorted.map((series) => {
      if (series.held > 0 && now >= series.heldUntil) {
        series.value += series.held;
        series.held = 0;
      }
      return { value: series.value, labelValues: series.labelValues };
    });
  }

  #find(labels: RunLabels, now: number): Series {
    const labelValues = this.#withinLimit(labels);
    const key = labelKey(labelValues);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series = { labelValues, value: 0, held: 0, heldUntil: now + ZERO_TIME };
    this.#series.set(key, series);
    return series;
  }

  #withinLimit(labels: RunLabels): RunLabels {
    const [driftDetection, space, , state, type] = labels;
    if (this.#series.size < this.#limit || this.#series.has(labelKey(labels))) return labels;
    if (this.#series.size < 2 * this.#limit) return [driftDetection, space, "", state, type];
    return ["", "", "", "", ""];
  }
}
