import { log } from "../../log.ts";
import type { Reason } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import { TimeLimit } from "../../spacelift/time_limit.ts";
import type { Collected, Collector, CollectorContext } from "../collector.ts";
import { StackDrift } from "./drift.ts";
import { Fallback } from "./fallback.ts";
import { miscounted, STACK_METRICS, type StacksWalk } from "./metrics.ts";
import { readMetrics } from "../../metrics/metric.ts";
import { StacksOverview } from "./overview.ts";
import { type Walk, walkPages } from "./page_walk.ts";
import { olderStacksOperation, pageOf, type Stack, stackKey, stacksOperation } from "./query.ts";

/** What a person may set of the walks; times in milliseconds. */
export interface StacksSettings {
  readonly details: boolean;
  /** How many stacks' drifted resources are counted in a walk at most. */
  readonly driftLimit: number;
  /** How many stacks are walked at most. */
  readonly limit: number;
  readonly maxStaleness: number;
  readonly pageSize: number;
  readonly refreshInterval: number;
  /** Only the stacks of these spaces and with one of these labels; all when empty. */
  readonly space: readonly string[];
  readonly label: readonly string[];
}

/** The settings that the collector takes. */
export interface StacksCollectorSettings {
  /** One page may take as long as a scrape. */
  readonly exporter: { readonly scrapeTimeout: number };
  readonly stacks: StacksSettings;
}

/** Every stack that the key may read: too many requests for a scrape to wait for. */
export const stacks: Collector<StacksCollectorSettings> = {
  name: "stacks",
  subject: "the state and drift of each stack, in the background",
  families: STACK_METRICS.map(({ family }) => family),
  schedule: ({ stacks: { refreshInterval, maxStaleness } }) => ({
    interval: refreshInterval,
    maxStaleness,
    maxStalenessFlag: "--stacks-max-staleness",
  }),
  start: (context) => {
    const walks = new StacksWalks(context);
    return (signal) => walks.next(signal);
  },
};

class StacksWalks {
  readonly #context: CollectorContext<StacksCollectorSettings>;
  readonly #fallback: Fallback;
  readonly #drift: StackDrift;
  #driftTrouble: Reason | undefined;

  constructor(context: CollectorContext<StacksCollectorSettings>) {
    const { clock, settings: { stacks } } = context;
    this.#context = context;
    this.#fallback = new Fallback(clock);
    this.#drift = new StackDrift({
      limit: stacks.driftLimit,
      // The walk that uses a count is itself served for as long again.
      maxAge: stacks.maxStaleness / 2,
      clock,
    });
  }

  async next(signal: AbortSignal): Promise<Collected> {
    const { settings, instruments } = this.#context;
    const { details, label } = settings.stacks;
    const fields = { details, labels: label.length > 0 };
    const query = this.#querying(signal);
    const { complete, nodes, omitted } = await this.#fallback.run(
      async () => ({ complete: true, ...await this.#walk(stacksOperation(fields), query) }),
      async () => ({ complete: false, ...await this.#walk(olderStacksOperation(fields), query) }),
    );
    const stacks = [...nodes.values()].filter((stack) => this.#isWanted(stack));
    const drifted = stacks.filter(({ isDrifted }) => isDrifted === true);
    const counted = await this.#countDrift(drifted, query);
    const driftedResources = (stack: Stack) => this.#drift.count(stack);
    const walk: StacksWalk = { stacks, complete, counted, details, omitted, driftedResources };
    if (stacks.some((stack) => miscounted(stack, walk))) {
      const { name: operation } = stacksOperation(fields);
      instruments.apiRequestFailures.inc({ operation, reason: "bad_response" });
    }
    return { families: readMetrics(STACK_METRICS, walk), overview: new StacksOverview(walk) };
  }

  #walk(operation: StacksOperation, query: Query): Promise<Walk<Stack>> {
    const { pageSize: first, limit } = this.#context.settings.stacks;
    return walkPages({
      page: async (after) => pageOf(await query(operation, { first, after })),
      key: stackKey,
      limit,
    });
  }

  #isWanted({ space, labels }: Stack): boolean {
    const wanted = this.#context.settings.stacks;
    return (wanted.space.length === 0 || wanted.space.includes(space ?? "")) &&
      (wanted.label.length === 0 || wanted.label.some((label) => labels?.includes(label)));
  }

  /** Whether every stack due could be counted; without the counts a walk is still worth publishing. */
  async #countDrift(drifted: readonly Stack[], query: Query): Promise<boolean> {
    const failure = await this.#drift.refresh(drifted, query);
    // The API wants to be left alone, which goes for the next walk too.
    if (failure?.reason === "rate_limited" || failure?.retryAfter !== undefined) throw failure;
    if (failure !== undefined && failure.reason !== this.#driftTrouble) {
      log.warn("Cannot count the drifted resources of every stack", { failure });
    }
    this.#driftTrouble = failure?.reason;
    return failure === undefined ||
      drifted.every((stack) => this.#drift.count(stack) !== undefined);
  }

  #querying(signal: AbortSignal): Query {
    const { client, clock, settings } = this.#context;
    return async (operation, variables) => {
      using limit = new TimeLimit(clock, settings.exporter.scrapeTimeout, signal);
      return await client.query(operation, { signal: limit.signal, variables });
    };
  }
}

type StacksOperation = ReturnType<typeof stacksOperation>;

type Query = <T>(operation: Operation<T>, variables: Record<string, unknown>) => Promise<T>;
