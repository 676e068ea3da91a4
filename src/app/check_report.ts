import { wrapWords } from "../wrap_words.ts";
import type { Forecast } from "./check_forecast.ts";

const WIDTH = 80;
const RESULT_WIDTH = 9;

/** One step of the check. */
export interface Step {
  readonly step: string;
  /** A warning is a failure that does no harm. */
  readonly result: "ok" | "warning" | "failed" | "skipped";
  readonly seconds: number;
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** The families that will be missing, out of those that the settings ask for. */
  readonly metrics?: readonly string[];
}

/** The result of a check. */
export interface CheckReport {
  readonly ok: boolean;
  readonly steps: readonly Step[];
  /** Absent when nothing could be scraped. */
  readonly serves?: Forecast;
}

/** A step on one line, followed by the remedy and the lost metrics on lines of their own. */
export function stepLines({ step, result, seconds, message, remedy, metrics = [] }: Step): string {
  const time = seconds < 0.9995 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
  return [
    `${result.padEnd(RESULT_WIDTH)}${step.padEnd(26)} ${time.padStart(6)}  ${message}`,
    ...hanging("To do", remedy ?? ""),
    ...hanging("Lost", metrics.join(", ")),
  ].map((line) => `${line}\n`).join("");
}

function hanging(title: string, text: string): string[] {
  if (text === "") return [];
  const indent = " ".repeat(RESULT_WIDTH);
  const [first, ...rest] = wrapWords(`${title}: ${text}`, WIDTH - RESULT_WIDTH - 2);
  return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}

/** The last line of a check. */
export function lastLine({ ok, serves }: CheckReport): string {
  const outcome = ok ? "Everything works" : "Not everything works, see above";
  if (serves === undefined) return `${outcome}. "serve" would have nothing to serve.\n`;
  const { families, series, requestsPerHour } = serves;
  return `${outcome}. "serve" would serve ${series} series in ${families} families, and send about ` +
    `${requestsPerHour} requests an hour when scraped every 30 s.\n`;
}
