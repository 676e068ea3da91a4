import type { Sample } from "../../metrics/family.ts";
import { labelKey, sortedByLabels } from "./label_key.ts";

/** Upper bounds of the buckets, in seconds. */
export const BUCKETS: readonly number[] = [
  10,
  30,
  60,
  120,
  300,
  600,
  1200,
  1800,
  3600,
  7200,
  21_600,
];

/** Series per pair of labels: the buckets, the unbounded one, sum and count. */
export const SERIES_PER_PAIR = BUCKETS.length + 3;

interface Series {
  readonly labelValues: readonly [space: string, type: string];
  /** Observations by the first bucket that contains them; the last entry exceeds all bounds. */
  readonly counts: number[];
  sum: number;
}

/** A histogram of durations by space and type that lives as long as the process. */
export class Durations {
  readonly #limit: number;
  readonly #series = new Map<string, Series>();

  /** Above `limit` pairs of labels, spaces and types are no longer distinguished. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a duration in seconds. */
  observe(space: string, type: string, seconds: number): void {
    const series = this.#find(space, type);
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? BUCKETS.length : bucket;
    series.counts[index] = (series.counts[index] ?? 0) + 1;
    series.sum += seconds;
  }

  /** Every part of every series, sorted by the labels. */
  samples(): Sample[] {
    return sortedByLabels(this.#series).flatMap(samplesOf);
  }

  #find(space: string, type: string): Series {
    const key = labelKey([space, type]);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    if (this.#series.size >= this.#limit && space + type !== "") return this.#find("", "");
    const counts = new Array<number>(BUCKETS.length + 1).fill(0);
    const series: Series = { labelValues: [space, type], counts, sum: 0 };
    this.#series.set(key, series);
    return series;
  }
}

function samplesOf({ labelValues, counts, sum }: Series): Sample[] {
  let count = 0;
  const buckets = counts.map((within, index): Sample => {
    count += within;
    const upperBound = BUCKETS[index] ?? Infinity;
    return { value: count, labelValues, part: { suffix: "_bucket", upperBound } };
  });
  return [
    ...buckets,
    { value: sum, labelValues, part: { suffix: "_sum" } },
    { value: count, labelValues, part: { suffix: "_count" } },
  ];
}
