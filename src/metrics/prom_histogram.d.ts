import { Histogram } from "prom-client";

/** A histogram whose values can be read synchronously. */
declare class ReadableHistogram<T extends string> extends Histogram<T> {
  readonly upperBounds: readonly number[];
  readonly hashMap: Readonly<Record<string, HistogramSeries<T>>>;
}

/** One series of a histogram; a value counts only in the first bucket that can contain it. */
export interface HistogramSeries<T extends string> {
  readonly labels: Readonly<Partial<Record<T, string | number>>>;
  readonly bucketValues: Readonly<Record<number, number>>;
  readonly sum: number;
  readonly count: number;
}

export default ReadableHistogram;
