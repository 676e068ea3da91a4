import { log } from "../../log.ts";
import { readMetrics } from "../../metrics/metric.ts";
import { ApiError, type Reason } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import { TimeLimit } from "../../spacelift/time_limit.ts";
import { BackgroundRequests, type Persistence, TROUBLE_AFTER } from "../background_requests.ts";
import type { Collected, CollectorContext, OnTrouble } from "../collector.ts";
import { type Walk, walkPages } from "../page_walk.ts";
import type { StacksCollectorSettings } from "./collector.ts";
import { StackDrift } from "./drift.ts";
import { DRIFT_TOTALS, type DriftTotals, totalsOf } from "./drift_totals.ts";
import { Fallback } from "./fallback.ts";
import {
  type CountedStacks,
  miscounted,
  stackMetrics,
  type StacksWalk,
  uncounted,
} from "./metrics.ts";
import { StacksOverview } from "./overview.ts";
import { olderStacksOperation, pageOf, type Stack, stackKey, stacksOperation } from "./query.ts";

/** How long one page is tried again where nobody says how old a walk may grow, in milliseconds. */
const USUAL_PATIENCE = 10 * 60_000;

/** One walk on its way. */
interface Round {
  readonly signal: AbortSignal;
  readonly onTrouble: OnTrouble;
  /** Monotonic time until which its pages are tried again; undefined is the usual time for each. */
  readonly youngUntil: number | undefined;
}

/** Walks over all stacks, one after another, with what one leaves to the next. */
export class StacksWalks {
  readonly #context: CollectorContext<StacksCollectorSettings>;
  readonly #requests: BackgroundRequests;
  readonly #fallback: Fallback;
  readonly #drift: StackDrift;
  #driftTrouble: Reason | undefined;

  constructor(context: CollectorContext<StacksCollectorSettings>) {
    const { clock, settings: { stacks } } = context;
    this.#context = context;
    this.#requests = new BackgroundRequests(clock);
    this.#fallback = new Fallback(clock);
    this.#drift = new StackDrift({ limit: stacks.driftLimit, clock });
  }

  /** One walk from its first page to its last count; throws `ApiError` where it cannot be whole. */
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
        // With the first page nothing is lost but itself, and the next walk is not far.
        const patience = after === null ? 0 : this.#patience(round);
        return pageOf(
          await this.#send(operation, variables, round, {
            patience,
            // Earlier pages were allowed, so that even a refusal is about the session.
            isPassing: ({ reason }) => reason !== "unsupported",
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

  /** Counts what can be counted; without the counts a walk is still worth publishing. */
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

  /** The account's own figures, where sums over its stacks are not the same. */
  async #driftTotals(counted: CountedStacks, round: Round): Promise<DriftTotals | undefined> {
    const { space, label } = this.#context.settings.stacks;
    if (space.length > 0 || label.length > 0 || uncounted(counted) === 0) return undefined;
    try {
      return totalsOf(await this.#send(DRIFT_TOTALS, {}, round, EXTRAS));
    } catch (error) {
      // The walk is whole without them; the request's failure is counted where it was sent.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  #send<T>(
    operation: Operation<T>,
    variables: Record<string, unknown>,
    { signal, onTrouble }: Round,
    persistence: Pick<Persistence, "patience" | "isPassing">,
  ): Promise<T> {
    const { client, clock, settings } = this.#context;
    return this.#requests.send(async () => {
      using limit = new TimeLimit(clock, settings.exporter.scrapeTimeout, signal);
      return await client.query(operation, { signal: limit.signal, variables });
    }, { signal, onTrouble, ...persistence });
  }
}

/** What a walk is published without is not waited for, and trouble with one stack may stay. */
const EXTRAS: Pick<Persistence, "patience" | "isPassing"> = {
  patience: TROUBLE_AFTER,
  isPassing: ({ reason }) => ["timeout", "unreachable", "rate_limited"].includes(reason),
};

type StacksOperation = ReturnType<typeof stacksOperation>;
