import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../clock.ts";
import { log } from "../../log.ts";
import { type PreparedFamily, prepareFamily } from "../../metrics/prepared_family.ts";
import type { Reason } from "../../spacelift/api_error.ts";
import type { Client } from "../../spacelift/client.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import { Fallback } from "./fallback.ts";
import { type Walk, walkPages } from "./page_walk.ts";
import { timedOut } from "../../spacelift/timed_out.ts";
import { TimeLimit } from "../../spacelift/time_limit.ts";
import type { Collector } from "../collector.ts";
import { olderStacksOperation, pageOf, type Stack, stackKey, stacksOperation } from "./query.ts";
import { StackDrift } from "./drift.ts";
import * as families from "./families.ts";
import { overviewOf, type StacksOverview } from "./overview.ts";
import { miscounted, stackSamples, type WalkFacts } from "./samples.ts";

/** What the collector of stacks asks for; times in milliseconds. */
export interface StacksOptions {
  readonly clock: Clock;
  readonly pageSize: number;
  /** How many stacks are walked at most. */
  readonly limit: number;
  /** How many stacks' drifted resources are counted in a walk at most. */
  readonly driftLimit: number;
  readonly details: boolean;
  /** Only the stacks of these spaces and with one of these labels; all when empty. */
  readonly spaces: readonly string[];
  readonly labels: readonly string[];
  /** How long one page may take. */
  readonly pageTimeout: number;
  readonly maxStaleness: number;
}

/** Walks every stack that the key may read; too many requests for a scrape to wait for. */
export class StacksCollector implements Collector {
  readonly name = "stacks";
  readonly families = Object.values(families);
  readonly #options: StacksOptions;
  readonly #fallback: Fallback;
  readonly #drift: StackDrift;
  #driftTrouble: Reason | undefined;
  #overview: StacksOverview | undefined;

  constructor(options: StacksOptions) {
    const { clock, driftLimit, maxStaleness } = options;
    this.#options = options;
    this.#fallback = new Fallback(clock);
    this.#drift = new StackDrift({
      limit: driftLimit,
      // The walk that uses a count is itself served for as long again.
      maxAge: maxStaleness / 2,
      clock,
    });
  }

  /** What the last walk found, in short; undefined before the first. */
  get overview(): StacksOverview | undefined {
    return this.#overview;
  }

  async collect(client: Client, signal: AbortSignal): Promise<PreparedFamily[]> {
    const { details, labels } = this.#options;
    const fields = { details, labels: labels.length > 0 };
    const query = this.#querying(client, signal);
    const { complete, nodes, omitted } = await this.#fallback.run(
      async () => ({ complete: true, ...await this.#walk(stacksOperation(fields), query) }),
      async () => ({ complete: false, ...await this.#walk(olderStacksOperation(fields), query) }),
    );
    const stacks = [...nodes.values()].filter((stack) => this.#isWanted(stack));
    const drifted = stacks.filter(({ isDrifted }) => isDrifted === true);
    const counted = await this.#countDrift(drifted, query);
    const driftedResources = (stack: Stack) => this.#drift.count(stack);
    const facts = { complete, counted, details, omitted, driftedResources };
    if (stacks.some((stack) => miscounted(stack, facts))) {
      client.countBadReply(stacksOperation(fields).name);
    }
    const prepared = await prepare(stacks, facts);
    this.#overview = overviewOf(stacks, facts);
    return prepared;
  }

  #walk(operation: StacksOperation, query: Query): Promise<Walk<Stack>> {
    const { pageSize: first, limit } = this.#options;
    return walkPages({
      page: async (after) => pageOf(await query(operation, { first, after })),
      key: stackKey,
      limit,
    });
  }

  #isWanted({ space, labels }: Stack): boolean {
    const wanted = this.#options;
    return (wanted.spaces.length === 0 || wanted.spaces.includes(space ?? "")) &&
      (wanted.labels.length === 0 || wanted.labels.some((label) => labels?.includes(label)));
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

  #querying(client: Client, signal: AbortSignal): Query {
    const { clock, pageTimeout } = this.#options;
    return async (operation, variables) => {
      using limit = new TimeLimit(clock, pageTimeout, signal, () => timedOut(pageTimeout));
      return await client.query(operation, { signal: limit.signal, variables });
    };
  }
}

type StacksOperation = ReturnType<typeof stacksOperation>;

type Query = <T>(operation: Operation<T>, variables: Record<string, unknown>) => Promise<T>;

/** Writes the families for all scrapes to come, letting scrapes through between one and the next. */
async function prepare(stacks: readonly Stack[], facts: WalkFacts): Promise<PreparedFamily[]> {
  const prepared: PreparedFamily[] = [];
  for (const samples of stackSamples(stacks, facts)) {
    prepared.push(prepareFamily(samples));
    await setImmediate();
  }
  return prepared;
}
