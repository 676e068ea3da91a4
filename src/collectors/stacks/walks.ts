import { log } from "../../log.ts";
import { readMetrics } from "../../metrics/metric.ts";
import { ApiError, type Reason } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import {
  askInBackground,
  type OnTrouble,
  type Persistence,
  TROUBLE_AFTER,
} from "../background_requests.ts";
import type { Collected, CollectorContext } from "../collector.ts";
import { type Walk, walkPages } from "../page_walk.ts";
import type { StacksCollectorSettings } from "./collector.ts";
import { StackDrift } from "./drift.ts";
import { DRIFT_TOTALS, type DriftTotals, totalsOf } from "./drift_totals.ts";
import { Fallback } from "../fallback.ts";
import {
  type CountedStacks,
  miscounted,
  stackMetrics,
  type StacksWalk,
  uncounted,
} from "./metrics.ts";
import { StacksOverview } from "./overview.ts";
import { olderStacksOperation, pageOf, type Stack, stackKey, stacksOperation } from "./query.ts";

/** How long a page is retried when no maximum age of a walk is set, in milliseconds. */
const USUAL_PATIENCE = 10 * 60_000;

/** One walk in progress. */
interface Round {
  readonly signal: AbortSignal;
  readonly onTrouble: OnTrouble;
  /** Monotonic time until which its pages are retried; undefined means the usual time for each. */
  readonly youngUntil: number | undefined;
}

/** Walks over all stacks, one after another, with the state that they share. */
export class StacksWalks {
  readonly #context: CollectorContext<StacksCollectorSettings>;
  readonly #fallback: Fallback;
  readonly #drift: StackDrift;
  #driftTrouble: Reason | undefined;

  constructor(context: CollectorContext<StacksCollectorSettings>) {
    const { clock, settings: { stacks } } = context;
    this.#context = context;
    this.#fallback = new Fallback(clock);
    this.#drift = new StackDrift({ limit: stacks.driftLimit, clock });
  }

  /**
   * One walk from its first page to its last count; throws `ApiError` when it cannot be completed.
   */
  async next(signal: AbortSignal, onTrouble: OnTrouble): Promise<Collected> {
    const { clock, settings, instruments } = this.#context;
    const { details, label, maxStaleness, totals } = settings.stacks;
    const youngUntil = maxStaleness === undefined ? undefined : clock.monotonic() + maxStaleness;
    const round = { signal, onTrouble, youngUntil };
    const fields = { details, labels: label.length > 0 };
    const { complete, nodes, omitted } = await this.#fallback.run(
      [
        ...(details
          ? [{
            ask: () => this.#walk(stacksOperation(fields), round, true),
            leavesOut: "the details of stacks",
          }]
          : []),
        {
          ask: () => this.#walk(stacksOperation({ ...fields, details: false }), round, true),
          leavesOut: "the drift of stacks and the times of their states",
        },
      ],
      () => this.#walk(olderStacksOperation(fields), round, false),
    );
    this.#keepSpaces(nodes.values());
    const stacks = [...nodes.values()].filter((stack) => this.#isWanted(stack));
    const drifted = stacks.filter(({ isDrifted }) => isDrifted === true);
    await this.#countDrift(drifted, round);
    const driftedResources = (stack: Stack) => this.#drift.count(stack);
    const counted = { stacks, omitted, driftedResources };
    const walk: StacksWalk = {
      ...counted,
      complete,
      details,
      driftTotals: complete ? await this.#driftTotals(counted, round) : undefined,
      oldestCount: this.#drift.oldestCount(drifted),
    };
    if (stacks.some((stack) => miscounted(stack, walk))) {
      const { name: operation } = stacksOperation(fields);
      instruments.apiRequestFailures.inc({ operation, reason: "bad_response" });
    }
    return {
      families: readMetrics(stackMetrics(totals), walk),
      overview: new StacksOverview(walk),
    };
  }

  async #walk(
    operation: StacksOperation,
    round: Round,
    complete: boolean,
  ): Promise<Walk<Stack> & { complete: boolean }> {
    const { pageSize: first, limit } = this.#context.settings.stacks;
    const walk = await walkPages({
      page: async (after) => {
        const variables = { first, after };
        // A failure of the first page loses nothing else, and the next walk starts soon.
        const patience = after === null ? 0 : this.#patience(round);
        return pageOf(
          await this.#send(operation, variables, round, {
            patience,
            // Earlier pages were allowed, so even a refusal must concern the session.
            isTransient: ({ reason }) => reason !== "unsupported",
          }),
        );
      },
      key: stackKey,
      limit,
    });
    return { ...walk, complete };
  }

  #patience({ youngUntil }: Round): number {
    return youngUntil === undefined
      ? USUAL_PATIENCE
      : Math.max(youngUntil - this.#context.clock.monotonic(), 0);
  }

  #keepSpaces(stacks: Iterable<Stack>): void {
    const { spaces } = this.#context;
    spaces.clear();
    for (const { id, space } of stacks) if (space !== null) spaces.set(id, space);
  }

  #isWanted({ space, labels }: Stack): boolean {
    const wanted = this.#context.settings.stacks;
    return (wanted.space.length === 0 || wanted.space.includes(space ?? "")) &&
      (wanted.label.length === 0 || wanted.label.some((label) => labels?.includes(label)));
  }

  /** Counts drifted resources as far as possible; a walk is worth publishing without them. */
  async #countDrift(drifted: readonly Stack[], round: Round): Promise<void> {
    const failure = await this.#drift.refresh(
      drifted,
      (operation, variables) => this.#send(operation, variables, round, EXTRAS),
    );
    if (failure !== undefined && failure.reason !== this.#driftTrouble) {
      log.warn("Cannot count the drifted resources of every stack", { failure });
    }
    this.#driftTrouble = failure?.reason;
  }

  /** The account's own totals, if sums over its stacks differ from them. */
  async #driftTotals(counted: CountedStacks, round: Round): Promise<DriftTotals | undefined> {
    const { space, label } = this.#context.settings.stacks;
    if (space.length > 0 || label.length > 0 || uncounted(counted) === 0) return undefined;
    try {
      return totalsOf(await this.#send(DRIFT_TOTALS, {}, round, EXTRAS));
    } catch (error) {
      // The walk is complete without them; the endpoint has already counted the failure.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  #send<T>(
    operation: Operation<T>,
    variables: Record<string, unknown>,
    { signal, onTrouble }: Round,
    persistence: Pick<Persistence, "patience" | "isTransient">,
  ): Promise<T> {
    const how = { signal, onTrouble, ...persistence };
    return askInBackground(this.#context, operation, variables, how);
  }
}

/** Optional parts of a walk are not retried, and trouble with one stack may be permanent. */
const EXTRAS: Pick<Persistence, "patience" | "isTransient"> = {
  patience: TROUBLE_AFTER,
  isTransient: ({ reason }) => ["timeout", "unreachable", "rate_limited"].includes(reason),
};

type StacksOperation = ReturnType<typeof stacksOperation>;
