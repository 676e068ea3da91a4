import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Family, FamilySamples } from "../metrics/family.ts";
import type { Instruments } from "../metrics/instruments.ts";
import { type Metric, readMetrics } from "../metrics/metric.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import type { BackgroundRequests, OnTrouble } from "./background_requests.ts";
import type { Hints } from "./hints.ts";
import { figure } from "../spacelift/reply.ts";
import { Fallback } from "./fallback.ts";

/** One subsystem of an account: its families and how to get them; `S` is the settings it takes. */
export interface Collector<S = unknown> {
  /** Its name in flags and metrics. */
  readonly name: string;
  /** What it collects, as phrased in the help of its switch. */
  readonly subject: string;
  /** Whether Spacelift's own exporter has it too. */
  readonly isOriginal?: boolean;
  /** Whether it follows up hints from the webhook. */
  readonly takesHints?: boolean;
  /** Every family that it can deliver. */
  readonly families: readonly Family[];
  /** Present when it runs in the background because a scrape cannot wait for it. */
  readonly schedule?: (settings: S) => Schedule;
  /** Creates the function that queries the account; its state belongs to one exporter. */
  readonly start: (context: CollectorContext<S>) => Collect;
}

/** When a background collector runs, in milliseconds. */
export interface Schedule {
  /** From the end of one round to the start of the next. */
  readonly interval: number;
  /**
   * How long the result of a round may be served. Undefined means ten minutes, or longer if two
   * rounds with their pauses need it.
   */
  readonly maxStaleness: number | undefined;
  readonly maxStalenessFlag: string;
  /**
   * Families that no other collector may deliver unless the account refuses this one, because their
   * labels would differ.
   */
  readonly claims: readonly Family[];
  /** Requests of a typical round, if the first one differs from later ones. */
  readonly usualRequests?: number;
}

/** What a collector works with. */
export interface CollectorContext<S = unknown> {
  readonly client: Client;
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly settings: S;
  /** Sends the requests of all background rounds at one shared pace. */
  readonly requests: BackgroundRequests;
  /** Hints from the webhook; undefined when webhooks, or all collectors that take hints, are off. */
  readonly hints: Hints | undefined;
  /** The space of each stack, by its id, as far as any collector has seen it. */
  readonly spaces: Map<string, string>;
  /** Requests the next round before it is due; no effect on collectors that scrapes run. */
  readonly hurry: () => void;
}

/**
 * Queries the account: delivers everything or throws `ApiError`, never a part. A background round
 * may continue after a failure, which it reports as trouble.
 */
export type Collect = (signal: AbortSignal, onTrouble?: OnTrouble) => Promise<Collected>;

/** What a collector found. */
export interface Collected {
  /** Families are created one at a time because together they may be large. */
  readonly families: Iterable<FamilySamples>;
  /** Details for the status page that samples do not contain. */
  readonly overview?: object;
}

/** A collector that sends one document and reads all its metrics from the reply. */
export function queryCollector<T, K extends string>(declaration: {
  readonly name: string;
  readonly subject: string;
  readonly isOriginal?: boolean;
  readonly operation: Operation<T>;
  /** Documents for servers that lack some fields, the largest first. */
  readonly smaller?: readonly SmallerDocument[];
  readonly metrics: Readonly<Record<K, Metric<T>>>;
}): Collector & { readonly metrics: Readonly<Record<K, Metric<T>>> } {
  const { operation, smaller = [], metrics, ...description } = declaration;
  const all = Object.values<Metric<T>>(metrics);
  return {
    ...description,
    metrics,
    families: all.map(({ family }) => family),
    start: ({ client, clock }) => {
      const fallback = new Fallback(clock);
      return async (signal) => {
        const ask = (document: string) => client.query({ ...operation, document }, { signal });
        const steps = smaller.map(({ leavesOut }, index) => ({
          ask: () => ask(smaller[index - 1]?.document ?? operation.document),
          leavesOut,
        }));
        const smallest = smaller.at(-1)?.document ?? operation.document;
        const reply = await fallback.run(steps, () => ask(smallest));
        return { families: [...readMetrics(all, reply)] };
      };
    },
  };
}

/** A document for servers that lack some fields, and what it omits from the next larger one. */
export interface SmallerDocument {
  readonly document: string;
  readonly leavesOut: string;
}

// Null means "unknown" unless the API's documentation says that a field is never null.

/** What JavaScript can count exactly. */
const COUNTS = `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;

/** A count, or null when the API does not know it; an invalid one is left out. */
export const count = figure(
  COUNTS,
  (input) => input === null || isCount(input) ? input : undefined,
);

/** A count, or null when the API does not know it or returns -1 for "no limit". */
export const limit = figure(COUNTS, (input) => {
  if (input === -1) return null;
  return input === null || isCount(input) ? input : undefined;
});

/** A Unix timestamp in seconds, or null; some installations return 0 for none. */
export const timestamp = count;

/** A Unix timestamp in seconds; null means none and is read as 0. */
export const moment = figure(COUNTS, (input) => {
  if (input === null) return 0;
  return isCount(input) ? input : undefined;
});

/** A display name, or null. */
export const name = v.nullable(v.string());

/** A non-negative number, such as an average. */
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
