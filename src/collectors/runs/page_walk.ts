import { ApiError } from "../../spacelift/api_error.ts";
import type { Ledger } from "./ledger.ts";
import type { RunsPage } from "./query.ts";
import { readRun, type Run } from "./run.ts";

/** What a walk that was cut short has read: from the newest run on down to a cursor. */
interface Interrupted {
  readonly read: Set<string>;
  readonly after: string;
}

/**
 * How many pages a walk reads on over runs under way, all of which it knows: they show more of them
 * in a request than asking by id does, but there may be thousands.
 */
const KNOWN_PAGES = 5;

/** Where a walk stops at the latest. */
export interface WalkBounds {
  /** How many runs are read at most. */
  readonly limit: number;
  /** Runs that were created before that, in Unix seconds, are not looked for. */
  readonly oldest: number;
}

/**
 * Reads the pages of runs, newest first, until it meets what the ledger knows to have ended: all that
 * is older is then known as well. A walk that fails goes on from where it was when it is tried again.
 */
export class RunsWalk {
  readonly #ledger: Ledger;
  readonly #spaces: ReadonlyMap<string, string>;
  #interrupted: Interrupted | undefined;
  /** Since when the limit has left out runs that the walk would have read, in Unix seconds. */
  #cutAt = -Infinity;

  constructor(options: { ledger: Ledger; spaces: ReadonlyMap<string, string> }) {
    this.#ledger = options.ledger;
    this.#spaces = options.spaces;
  }

  /** Whether the limit has left out runs that were created since then, in Unix seconds. */
  wasCutSince(unixSeconds: number): boolean {
    return this.#cutAt >= unixSeconds;
  }

  /** One walk; throws `ApiError` when a page cannot be had, or when the pages do not lead on. */
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
      const meets = {
        settled: found.some(({ id }) => this.#ledger.isSettled(id)) ||
          (cursors.size + 1 >= KNOWN_PAGES && found.length > 0 &&
            found.every(({ id }) => this.#ledger.isKnown(id))),
        interrupted: found.some(({ id }) => before?.read.has(id)),
      };
      this.#ledger.synchronize(found.flatMap(timesOf));
      for (const run of found) {
        read.add(run.id);
        this.#ledger.enter(run);
      }
      newest ??= found[0]?.createdAt;
      // With runs gone from the list, others may have slipped from the next page to the last.
      if (count !== null && count < total && total !== Infinity) isSteady = false;
      total = count ?? total;
      const isOver = !hasNextPage || meets.settled ||
        (found.length > 0 &&
          found.every(({ createdAt }) => (createdAt ?? Infinity) < bounds.oldest));
      if (isOver || read.size >= bounds.limit) {
        if (!isOver) this.#cutAt = found.at(-1)?.createdAt ?? bounds.oldest;
        this.#interrupted = undefined;
        this.#ledger.settle(isSteady ? read : [], newest);
        return;
      }
      if (meets.interrupted && before !== undefined) {
        for (const id of before.read) read.add(id);
        after = before.after;
        before = undefined;
      } else {
        after = endCursor;
      }
      if (after === null || cursors.has(after)) {
        this.#interrupted = undefined;
        throw new ApiError(
          "bad_response",
          `The API's pages of runs do not lead on after ${read.size} runs`,
        );
      }
      cursors.add(after);
      // Where the next page is not to be had, another walk goes on from here.
      if (before === undefined || read.size > before.read.size) {
        this.#interrupted = { read, after };
      }
    }
  }

  async #read(
    page: (after: string | null) => Promise<RunsPage>,
    after: string | null,
  ): Promise<RunsPage> {
    try {
      return await page(after);
    } catch (error) {
      // The cursor itself may be what the API objects to.
      const isOdd = error instanceof ApiError && /^(graphql|bad_response)$/.test(error.reason);
      if (isOdd) this.#interrupted = undefined;
      throw error;
    }
  }
}

function timesOf({ createdAt, course: { since } }: Run): number[] {
  return [createdAt ?? 0, since ?? 0];
}
