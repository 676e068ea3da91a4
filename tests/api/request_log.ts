import type { GraphqlCall } from "../../src/demo/api/graphql_call.ts";

/** How a request ended: with a whole answer, or by the client going away. */
export type RequestOutcome = "answered" | "aborted";

/** One request that reached the simulated API. */
export interface RecordedRequest extends GraphqlCall {
  method: string;
  path: string;
  /** Names are lower-case. */
  headers: Record<string, string>;
  /** Monotonic milliseconds of the server's clock. */
  at: number;
  /** Undefined while the request is being served. */
  outcome: RequestOutcome | undefined;
  /** Resolves when the request has ended. */
  ended: Promise<RequestOutcome>;
}

const MAX_KEPT = 10_000;

/** The requests of a simulated API: the last 10,000 in full, and all of them by count. */
export class RequestLog {
  readonly #kept: RecordedRequest[] = [];
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #total = 0;
  #inFlight = 0;

  /** Requests in the order they came; with an operation, only its own. */
  list(operation?: string): RecordedRequest[] {
    return this.#kept.filter((request) => (operation ?? request.operation) === request.operation);
  }

  /** How many requests came so far; with an operation, of that one. */
  count(operation?: string): number {
    return operation === undefined ? this.#total : this.#counts.get(operation) ?? 0;
  }

  /** How many requests are being served now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves once `count` requests of an operation have come since the server started. */
  async arrived(operation: string, count = 1): Promise<void> {
    while (this.count(operation) < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
    }
  }

  /** Enters a request; the function it returns tells how that ended, and counts once. */
  enter(request: Omit<RecordedRequest, "outcome" | "ended">): (outcome: RequestOutcome) => void {
    const { promise, resolve } = Promise.withResolvers<RequestOutcome>();
    const recorded: RecordedRequest = { ...request, outcome: undefined, ended: promise };
    this.#kept.push(recorded);
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    this.#counts.set(request.operation, this.count(request.operation) + 1);
    this.#total++;
    this.#inFlight++;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    return (outcome) => {
      if (recorded.outcome !== undefined) return;
      recorded.outcome = outcome;
      this.#inFlight--;
      resolve(outcome);
    };
  }
}
