import { Counter } from "prom-client";

/** A counter whose values can be read synchronously. */
declare class ReadableCounter<T extends string> extends Counter<T> {
  readonly hashMap: Readonly<Record<string, CounterSeries<T>>>;
}

/** One series of a counter. */
export interface CounterSeries<T extends string> {
  readonly value: number;
  readonly labels: Readonly<Partial<Record<T, string | number>>>;
}

export default ReadableCounter;
