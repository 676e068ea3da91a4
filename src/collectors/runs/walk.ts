import { ApiError } from "../../spacelift/api_error.ts";
import type { Ledger } from "./ledger.ts";
import type { RunsPage } from "./query.ts";
import { readRun, type Run } from "./run.ts";

/** What an interrupted walk has read: from the newest run down to a cursor. */
interface Interrupted {
  readonly read: Set<string>;
  readonly after: string;
  /** The total number of runs; infinite when the API does not report it. */
  readonly total: number;
  readonly isSteady: boolean;
}

/**
 * How many pages of known runs a walk reads: a page refreshes more runs per request than requesting
 * them by id does, but there may be thousands.
 */
const KNOWN_PAGES = 5;

/** Where a walk must stop. */
export interface WalkBounds {
  /** The maximum number of runs to read. */
  readonly limit: number;
  /** How far before the first poll to look for runs, in seconds. */
  readonly lookback: number;
  /** The host's time of day in Unix seconds, which may be wrong. */
  readonly now: number;
}

/**
 * Reads the pages of runs, newest first, until it reaches a run that the ledger knows to have ended
 * together with all older ones. A walk that fails resumes where it stopped when it is retried.
 */
export class RunsWalk {
  readonly #ledger: Ledger;
  readonly #spaces: ReadonlyMap<string, string>;
  #interrupted: Interrupted | undefined;
  /**
   * The age from which the limit has left out runs that the walk would have read, in Unix seconds.
   */
  #cutAt = -Infinity;
  /**
   * Runs created before this time, in Unix seconds, are ignored. Set once by the first poll, so
   * that no outage, however long, hides a run.
   */
  #oldest: number | undefined;
  /** The cursor of the page that failed last. */
  #failedAt: string | null = null;

  constructor(options: { ledger: Ledger; spaces: ReadonlyMap<string, string> }) {
    this.#ledger = options.ledger;
    this.#spaces = options.spaces;
  }

  /** Whether the limit has left out runs created since a time in Unix seconds. */
  wasCutSince(unixSeconds: number): boolean {
    return this.#cutAt >= unixSeconds;
  }

  /** One walk; throws `ApiError` when a page fails, or when the cursor makes no progress. */
  async next(page: (after: string | null) => Promise<RunsPage>, bounds: WalkBounds): Promise<void> {
    const read = new Set<string>();
    let before = this.#interrupted;
    const cursors = new Set<string>();
    let after: string | null = null;
    let total = Infinity;
    let isSteady = true;
    let newest: number | undefined;
    for (;;) {
      const { runs, endCursor, hasNextPage, total: count }: RunsPage = await this.#read(
        page,
        after,
      );
      const found = runs.map((run) => readRun(run, this.#spaces));
      const meetsKnown = this.#meetsKnown(found, cursors.size + 1);
      const meetsInterrupted = found.some(({ id }) => before?.read.has(id));
      this.#enter(found);
      for (const { id } of found) read.add(id);
      newest ??= found[0]?.createdAt;
      const oldest = this.#oldest ??= Math.min(bounds.now, newest ?? Infinity) - bounds.lookback;
      // When runs vanish from the list, others may move from the next page to the previous one.
      if (count !== null && count < total && total !== Infinity) isSteady = false;
      total = count ?? total;
      const isOver = !hasNextPage || meetsKnown || areOlder(found, oldest);
      if (isOver || read.size >= bounds.limit) {
        if (!isOver) this.#cutAt = found.at(-1)?.createdAt ?? oldest;
        this.#interrupted = undefined;
        this.#ledger.settle(isSteady ? read : [], newest);
        return;
      }
      if (meetsInterrupted && before !== undefined) {
        for (const id of before.read) read.add(id);
        isSteady &&= before.isSteady && (before.total === Infinity || total >= before.total);
        after = before.after;
        before = undefined;
      } else {
        after = endCursor;
      }
      if (after === null || cursors.has(after)) {
        this.#interrupted = undefined;
        throw new ApiError(
          "bad_response",
          `The API's pages of runs make no progress after ${read.size} runs`,
        );
      }
      cursors.add(after);
      // If the next page fails, another walk resumes here.
      if (before === undefined || read.size > before.read.size) {
        this.#interrupted = { read, after, total, isSteady };
      }
    }
  }

  /** Whether later pages hold nothing new; to be asked before the runs of this one are entered. */
  #meetsKnown(found: readonly Run[], pages: number): boolean {
    if (found.some(({ id }) => this.#ledger.isSettled(id))) return true;
    return pages >= KNOWN_PAGES && found.length > 0 &&
      found.every(({ id }) => this.#ledger.isKnown(id));
  }

  #enter(found: readonly Run[]): void {
    this.#ledger.synchronize(found.flatMap(timesOf));
    for (const run of found) this.#ledger.enter(run);
  }

  async #read(
    page: (after: string | null) => Promise<RunsPage>,
    after: string | null,
  ): Promise<RunsPage> {
    try {
      return await page(after);
    } catch (error) {
      // The API may have rejected the cursor itself.
      const isOdd = error instanceof ApiError && /^(graphql|bad_response)$/.test(error.reason);
      const isRepeated = after !== null && after === this.#failedAt;
      if (isOdd || isRepeated) this.#interrupted = undefined;
      if (after !== null) this.#failedAt = after;
      throw error;
    }
  }
}

/** Whether there are runs, and all were created before a time in Unix seconds. */
function areOlder(found: readonly Run[], unixSeconds: number): boolean {
  return found.length > 0 &&
    found.every(({ createdAt }) => (createdAt ?? Infinity) < unixSeconds);
}

function timesOf({ createdAt, course: { since } }: Run): number[] {
  return [createdAt ?? 0, since ?? 0];
}
