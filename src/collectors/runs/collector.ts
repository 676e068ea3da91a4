import { log } from "../../log.ts";
import { readMetrics } from "../../metrics/metric.ts";
import { type ApiError, isUnsupported } from "../../spacelift/api_error.ts";
import { askInBackground, type OnTrouble } from "../background_requests.ts";
import type { Collected, Collector, CollectorContext } from "../collector.ts";
import { FieldChoice } from "./field_choice.ts";
import { Inquiry, type Query, RUNS_PER_REQUEST } from "./inquiry.ts";
import { Ledger } from "./ledger.ts";
import { RUN_METRICS } from "./metrics.ts";
import { RunsOverview } from "./overview.ts";
import { RunsWalk } from "./walk.ts";
import { pageOf, pageOperation, type RunRef, type RunsPage } from "./query.ts";
import { readRun } from "./run.ts";
import { Tally } from "./tally.ts";

/** The user's settings for runs; times in milliseconds. */
export interface RunsSettings {
  readonly details: boolean;
  /** The maximum number of runs to read at startup, and to remember. */
  readonly limit: number;
  /** How far back to look for runs at startup. */
  readonly lookback: number;
  readonly refreshInterval: number;
  /** The approximate maximum number of series of the counter of runs. */
  readonly seriesLimit: number;
}

/** The settings that the collector takes. */
export interface RunsCollectorSettings {
  /** One request may take as long as a scrape. */
  readonly exporter: { readonly scrapeTimeout: number };
  readonly runs: RunsSettings;
}

/** Runs per page: no list of the API is known to return more. */
const PAGE_SIZE = 50;

/** Requests for single runs per round; the remainder follows in the next round. */
const REQUESTS_PER_ROUND = 10;

/** How long to wait before retrying a search that the account refuses, in milliseconds. */
const REFUSAL_MEMORY = 10 * 60_000;

/** Every run of the stacks that the key may read, from a ledger maintained in the background. */
export const runs: Collector<RunsCollectorSettings> = {
  name: "runs",
  subject: "how runs end, how long they take and which are waiting, in the background",
  takesHints: true,
  families: RUN_METRICS.map(({ family }) => family),
  schedule: ({ runs: { refreshInterval } }) => ({
    claims: [],
    usualRequests: 1,
    interval: refreshInterval,
    maxStaleness: undefined,
    maxStalenessFlag: "--runs-refresh-interval",
  }),
  start: (context) => {
    const rounds = new RunsRounds(context);
    return (signal, onTrouble) => rounds.next(signal, onTrouble);
  },
};

class RunsRounds {
  readonly #context: CollectorContext<RunsCollectorSettings>;
  readonly #tally: Tally;
  readonly #ledger: Ledger;
  readonly #walk: RunsWalk;
  readonly #fields: FieldChoice;
  readonly #inquiry: Inquiry;
  #pollAt = -Infinity;
  #refusal: { readonly error: ApiError; readonly until: number } | undefined;

  constructor(context: CollectorContext<RunsCollectorSettings>) {
    const { clock, spaces, hints, hurry, settings: { runs: { limit, seriesLimit } } } = context;
    this.#context = context;
    this.#tally = new Tally(seriesLimit);
    this.#ledger = new Ledger({ clock, limit, tally: this.#tally });
    this.#walk = new RunsWalk({ ledger: this.#ledger, spaces });
    this.#fields = new FieldChoice(clock);
    this.#inquiry = new Inquiry(clock);
    hints?.listen(hurry);
  }

  /** Polls or, between two polls, only follows up the webhook's hints. */
  async next(signal: AbortSignal, onTrouble: OnTrouble = () => {}): Promise<Collected> {
    const { clock, hints, hurry, settings: { runs: { refreshInterval } } } = this.#context;
    // The next round resumes where a failed one stopped.
    const persistence = { signal, onTrouble, patience: 0, isTransient: () => false };
    const query: Query = (operation, variables) =>
      askInBackground(this.#context, operation, variables, persistence);
    const now = clock.monotonic();
    const isPoll = hints === undefined || hints.size === 0 || now >= this.#pollAt;
    if (isPoll) await this.#poll(query);
    await this.#follow(query, isPoll ? this.#ledger.due(now) : []);
    // Set only after success: after a failed poll, a round for hints alone would make old data look
    // fresh. Jitter makes rounds start slightly earlier or later than the interval.
    if (isPoll) this.#pollAt = now + 0.9 * refreshInterval;
    this.#ledger.tidy();
    if (hints?.hasNew) hurry();
    return this.#found();
  }

  async #poll(query: Query): Promise<void> {
    const { clock, hints, settings: { runs: { limit, lookback } } } = this.#context;
    const now = clock.monotonic();
    if (this.#refusal !== undefined && now < this.#refusal.until) {
      if (hints === undefined) throw this.#refusal.error;
      return;
    }
    const bounds = { limit, lookback: lookback / 1000, now: clock.wall() / 1000 };
    try {
      await this.#walk.next((after) => this.#page(after, query), bounds);
      this.#refusal = undefined;
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      if (this.#refusal === undefined && hints !== undefined) {
        log.info("The API does not list runs: only runs that the webhook names are known", {
          error,
        });
      }
      this.#refusal = { error, until: now + REFUSAL_MEMORY };
      if (hints === undefined) throw error;
    }
  }

  async #page(after: string | null, query: Query): Promise<RunsPage> {
    const variables = { first: PAGE_SIZE, after };
    return pageOf(
      await this.#fields.ask((without) => query(pageOperation(without), variables)),
    );
  }

  /** Requests the runs that a webhook names, and those under way that no page has shown. */
  async #follow(query: Query, due: readonly RunRef[]): Promise<void> {
    const { hints: waiting, spaces } = this.#context;
    const hints = waiting?.oldest(REQUESTS_PER_ROUND * RUNS_PER_REQUEST) ?? [];
    const hinted = new Map(hints.map((hint) => [hint.run, hint]));
    for (const hint of hints) {
      if (this.#ledger.hasEnded(hint.run)) {
        hinted.delete(hint.run);
        waiting?.drop(hint);
      }
    }
    const refs = [
      ...[...hinted.values()].map(({ run, stack }) => ({ id: run, stack })),
      ...due.filter(({ id }) => !hinted.has(id)),
    ].slice(0, REQUESTS_PER_ROUND * RUNS_PER_REQUEST);
    for await (
      const { ref, found, inTrouble } of this.#inquiry.ask(refs, REQUESTS_PER_ROUND, query)
    ) {
      if (found === undefined) this.#ledger.miss(ref.id, { inTrouble: inTrouble ?? false });
      else this.#ledger.enter(readRun(found, spaces));
      const hint = hinted.get(ref.id);
      if (hint === undefined) continue;
      if (inTrouble === undefined) waiting?.drop(hint);
      else waiting?.postpone(hint);
    }
  }

  #found(): Collected {
    const { clock, settings: { runs: { details, lookback } } } = this.#context;
    const { unfinished, lastEnded } = this.#ledger;
    const oldest = (clock.wall() - lookback) / 1000;
    const omitted = this.#ledger.omitted + Number(this.#walk.wasCutSince(oldest));
    const now = clock.monotonic();
    const found = { tally: this.#tally, unfinished, omitted, details, now };
    return {
      families: readMetrics(RUN_METRICS, found),
      overview: new RunsOverview({ unfinished, lastEnded, omitted }),
    };
  }
}
