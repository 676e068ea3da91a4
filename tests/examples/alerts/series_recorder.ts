/** A series in the notation of `promtool test rules`. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** Collects the samples of one scrape after another as series. */
export class SeriesRecorder {
  readonly #values = new Map<string, string[]>();
  #scrapes = 0;

  /** Adds a scrape; a series that it lacks ends there, as Prometheus has it. */
  record(samples: ReadonlyMap<string, number>): void {
    for (const series of samples.keys()) {
      if (!this.#values.has(series)) {
        this.#values.set(series, Array.from({ length: this.#scrapes }, () => "_"));
      }
    }
    for (const [series, values] of this.#values) {
      const value = samples.get(series);
      const ended = ["stale", "_"].includes(values.at(-1) ?? "_");
      values.push(value === undefined ? (ended ? "_" : "stale") : String(value));
    }
    this.#scrapes++;
  }

  series(): InputSeries[] {
    return [...this.#values].map(([series, values]) => ({ series, values: values.join(" ") }));
  }
}
