import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Family, FamilySamples } from "../metrics/family.ts";
import type { Instruments } from "../metrics/instruments.ts";
import { type Metric, readMetrics } from "../metrics/metric.ts";
import type { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { Hints } from "./hints.ts";
import { figure } from "../spacelift/reply.ts";

/** One subsystem of an account: its families and how to get them; `S` is the settings it takes. */
export interface Collector<S = unknown> {
  /** What flags and metrics call it. */
  readonly name: string;
  /** What it collects, as the help of its switch says it. */
  readonly subject: string;
  /** Whether Spacelift's own exporter has it too, so that without it nothing is as it was there. */
  readonly isOriginal?: boolean;
  /** Every family that it may deliver. */
  readonly families: readonly Family[];
  /** Present where it is asked in the background because a scrape could not wait for it. */
  readonly schedule?: (settings: S) => Schedule;
  /** Makes what asks the account; whatever that remembers, it remembers for this exporter alone. */
  readonly start: (context: CollectorContext<S>) => Collect;
}

/** How a collector in the background is asked, in milliseconds. */
export interface Schedule {
  /** From the end of one round to the beginning of the next. */
  readonly interval: number;
  /**
   * How long what a round found may be served, and the flag that says so. Undefined is ten minutes,
   * or as long as two rounds with their pauses need.
   */
  readonly maxStaleness: number | undefined;
  readonly maxStalenessFlag: string;
  /**
   * Families that no other collector may deliver unless the account refuses this one: they would
   * look different.
   */
  readonly claims: readonly Family[];
  /** Requests of a usual round, where the first one differs from those that follow. */
  readonly usualRequests?: number;
}

/** What a collector works with. */
export interface CollectorContext<S = unknown> {
  readonly client: Client;
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly settings: S;
  /** What a webhook says; undefined where none is listened for. */
  readonly hints: Hints | undefined;
  /** The space of each stack by its id, as far as some collector has learnt it. */
  readonly spaces: Map<string, string>;
  /** Asks for the next round before it is due; without effect on what scrapes ask. */
  readonly hurry: () => void;
}

/**
 * Asks the account: delivers everything or throws `ApiError`, never half. A round in the background
 * may go on after a failure, which it reports as trouble.
 */
export type Collect = (signal: AbortSignal, onTrouble?: OnTrouble) => Promise<Collected>;

/**
 * A round does not get on and will try again; `lost` is the time that this costs it until then, in
 * milliseconds, since it last got on or last said so.
 */
export type OnTrouble = (failure: ApiError, lost: number) => void;

/** What a collector found. */
export interface Collected {
  /** Each family is made when it is taken, because together they may be large. */
  readonly families: Iterable<FamilySamples>;
  /** What a person wants to know of it and samples do not say. */
  readonly overview?: object;
}

/** A collector that asks one document and reads each of its metrics from the reply. */
export function queryCollector<T, K extends string>(declaration: {
  readonly name: string;
  readonly subject: string;
  readonly isOriginal?: boolean;
  readonly operation: Operation<T>;
  readonly metrics: Readonly<Record<K, Metric<T>>>;
}): Collector & { readonly metrics: Readonly<Record<K, Metric<T>>> } {
  const { operation, metrics, ...description } = declaration;
  const all = Object.values<Metric<T>>(metrics);
  return {
    ...description,
    metrics,
    families: all.map(({ family }) => family),
    start: ({ client }) => async (signal) => {
      const reply = await client.query(operation, { signal });
      return { families: [...readMetrics(all, reply)] };
    },
  };
}

// Where the API's documentation does not say that a field is never null, null means "not known".

/** A count, or null where the API does not know it; what cannot be one is left out. */
export const count = figure(
  "a whole number",
  (input) => input === null || isCount(input) ? input : undefined,
);

/** A count, or null where the API does not know it or, by -1, says that there is no limit. */
export const limit = figure("a whole number", (input) => {
  if (input === -1) return null;
  return input === null || isCount(input) ? input : undefined;
});

/** A Unix timestamp in seconds, or null; some installations have 0 for none. */
export const timestamp = count;

/** A Unix timestamp in seconds where null says that there is none, which is 0. */
export const moment = figure("a whole number", (input) => {
  if (input === null) return 0;
  return isCount(input) ? input : undefined;
});

/** A name for people, or null. */
export const name = v.nullable(v.string());

/** A number that is not negative, such as an average. */
export const amount = figure(
  "a number from 0 on",
  (input) => isAmount(input) ? input : undefined,
);

function isAmount(input: unknown): input is number {
  return typeof input === "number" && Number.isFinite(input) && input >= 0;
}

function isCount(input: unknown): input is number {
  return Number.isSafeInteger(input) && isAmount(input);
}
