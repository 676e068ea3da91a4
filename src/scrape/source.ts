import type { Collector } from "../collectors/collector.ts";
import type { Report } from "./collector_record.ts";

/** A collector with its memory, as a scrape sees it. */
export interface Source {
  readonly collector: Collector;
  /** What the collector delivers now; rejects only with the reason of a signal that is no `ApiError`. */
  ask(signal: AbortSignal): Promise<Report>;
  /** What is known without asking anyone. */
  peek(): Report;
}
