import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import { type PreparedFamily, prepareFamily } from "../metrics/prepared_family.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Client } from "../spacelift/client.ts";
import type { Operation } from "../spacelift/endpoint.ts";
import { Fallback } from "../spacelift/fallback.ts";
import { type Walk, walkPages } from "../spacelift/page_walk.ts";
import { TimeLimit } from "../time_limit.ts";
import type { Collector } from "./collector.ts";
import { olderStacksOperation, pageOf, type Stack, stackKey, stacksOperation } from "./stack.ts";
import { StackDrift } from "./stack_drift.ts";
import * as families from "./stack_families.ts";
import { overviewOf, type StacksOverview } from "./stacks_overview.ts";
import { miscounted, stackSamples, type WalkFacts } from "./stack_samples.ts";

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
  #overview: StacksOverview | undefined;

  constructor(options: StacksOptions) {
    const { clock, driftLimit, maxStaleness } = options;
    this.#options = options;
    this.#fallback = new Fallback(clock);
    this.#drift = new StackDrift({ limit: driftLimit, maxAge: maxStaleness, clock });
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
    await this.#countDrift(drifted, query);
    const driftedResources = (stack: Stack) => this.#drift.count(stack.id);
    const facts = { complete, details, omitted, driftedResources };
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

  /** Without the counts a walk is still worth publishing: a stack of unknown drift has no drift series. */
  async #countDrift(drifted: readonly Stack[], query: Query): Promise<void> {
    try {
      await this.#drift.refresh(drifted.map(({ id }) => id), query);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason === "rate_limited") throw error;
      log.warn("Cannot count the drifted resources of every stack", { error });
    }
  }

  #querying(client: Client, signal: AbortSignal): Query {
    const { clock, pageTimeout } = this.#options;
    const timedOut = () =>
      new ApiError("timeout", `The API did not answer within ${pageTimeout / 1000} s`);
    return async (operation, variables) => {
      using limit = new TimeLimit(clock, pageTimeout, signal, timedOut);
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
