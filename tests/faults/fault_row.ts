import { ASKED_ON_SCRAPES } from "../support/start_exporter.ts";
import assert from "node:assert/strict";
import type { Fault, FaultScope } from "../api/faults.ts";
import type { Reason } from "../../src/spacelift/api_error.ts";
import type { RawScript } from "../support/raw_server.ts";
import type { Stage, StageOptions } from "./stage.ts";

/** One row of the matrix: a trouble, and what has to come of it. */
export interface FaultRow {
  readonly name: string;
  /** Which calls meet the fault; by default those of the collector `usage`, `*` is every call. */
  readonly operation?: string;
  /** What the simulated API does with these calls. */
  readonly fault?: () => Fault;
  readonly scope?: FaultScope;
  /** What becomes of the TCP connections that bring these calls. */
  readonly raw?: RawScript;
  /** How many of them; without it all. */
  readonly rawTimes?: number;
  /** How the stage differs from the usual one. */
  readonly stage?: StageOptions;
  /** What happens before the scrape that is judged. */
  readonly before?: (stage: Stage) => void | Promise<void>;
  readonly outcome: Outcome;
  /** What happens after the scrape that is judged. */
  readonly after?: (stage: Stage) => void | Promise<void>;
}

/** What a scrape is to look like. */
export interface Outcome {
  /** Why a collector got nothing; the others deliver. */
  readonly failed: Readonly<Record<string, Reason>>;
  /** HTTP status with and without `--partial-scrapes`. */
  readonly partial: 200 | 500;
  readonly strict: 200 | 500;
  /** Whether the API counts as up; by default it does. */
  readonly up?: 0 | 1;
  /** What the log tells of every failure. */
  readonly log: RegExp;
  /** Families without series though their collector delivers, or the beginnings of such series. */
  readonly absent: readonly string[];
  /** Collectors that fail while their last good data is still served. */
  readonly remembered?: readonly string[];
}

declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** The part of a body, a value or an error that no log may repeat. */
export const BODY_CANARY = "canary-body";

/** The API key's secret on every stage. */
export const SECRET_CANARY = "canary-secret";

export const USAGE = "PrometheusExporter_Usage";

/** One collector fails alone, by default `usage`. */
export function fails(
  reason: Reason,
  log: RegExp,
  collector: string = "usage",
): Outcome {
  return { failed: { [collector]: reason }, partial: 200, strict: 500, log, absent: [] };
}

/** The account refuses the collector `stacks` from the start, which fails no scrape in strict mode. */
export function refusesStacks(reason: Reason, log: RegExp): Outcome {
  return { ...fails(reason, log, "stacks"), strict: 200 };
}

/** Every collector that asks on each scrape fails. */
export function allFail(reason: Reason, log: RegExp): Outcome {
  const failed = Object.fromEntries(ASKED_ON_SCRAPES.map((collector) => [collector, reason]));
  return { failed, partial: 500, strict: 500, log, absent: [] };
}

/** Every collector delivers, though perhaps not every family. */
export function delivers(absent: readonly string[] = []): Outcome {
  return { failed: {}, partial: 200, strict: 200, log: /^/, absent };
}

/** A number as it is to be written into JSON; 1e400 is no value of this language. */
export function rawNumber(text: string): unknown {
  return JSON.rawJSON(text);
}

/** Checks that a rejected token led to one more exchange and one more try, and no further. */
export function askedTwice({ demo: { requests } }: Stage): void {
  const counts = { exchanges: requests.count("apiKeyUser"), questions: requests.count(USAGE) };
  assert.deepEqual(counts, { exchanges: 2, questions: 2 }, "One exchange and one more try are due");
}
