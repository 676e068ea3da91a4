import { formatDuration } from "../duration.ts";

/** One thing that was tried. */
export interface Step {
  readonly step: string;
  /** A warning is what does not work and does no harm. */
  readonly result: "ok" | "warning" | "failed" | "skipped";
  readonly seconds: number;
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** The families that are lost. */
  readonly metrics?: readonly string[];
}

/** What the exporter would serve, and ask for at one scrape every 30 seconds. */
export interface Forecast {
  readonly families: number;
  readonly series: number;
  readonly requestsPerHour: number;
}

/** Everything that a check found. */
export interface CheckReport {
  readonly ok: boolean;
  readonly steps: readonly Step[];
  /** Absent when nothing could be scraped. */
  readonly serves?: Forecast;
}

/** A step on one line. */
export function stepLine({ step, result, seconds, message, remedy, metrics = [] }: Step): string {
  const time = formatDuration(Math.round(seconds * 1000));
  const sentences = [
    message,
    ...(remedy === undefined ? [] : [`To do: ${remedy}`]),
    ...(metrics.length === 0 ? [] : [`Without it there is no ${metrics.join(", ")}`]),
  ];
  return `${result.padEnd(8)} ${step.padEnd(26)} ${time.padStart(6)}  ${sentences.join(". ")}\n`;
}

/** The last line of a check. */
export function lastLine({ ok, serves }: CheckReport): string {
  const outcome = ok ? "Everything works" : "Not everything works, see above";
  if (serves === undefined) return `${outcome}. "serve" would have nothing to serve.\n`;
  const { families, series, requestsPerHour } = serves;
  return `${outcome}. "serve" would serve ${series} series in ${families} families, and send about ` +
    `${requestsPerHour} requests an hour when scraped every 30 s.\n`;
}
