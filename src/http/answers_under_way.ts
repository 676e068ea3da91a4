import { aborted } from "../aborted.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Route } from "./routes.ts";

/** A route that also learns when its answer is written or aborted. */
export type Handler = (
  request: Request,
  info: { readonly completed: Promise<void> },
) => Response | Promise<Response>;

/** How long an answer may take to reach the network after its end, in milliseconds. */
const FLUSH_TIME = 20;

/** Counts the answers of a route that are in progress, and waits until there are none. */
export class AnswersUnderWay {
  readonly #route: Route;
  readonly #clock: Clock;
  /** The number of requests received, and of those answered. */
  #asked = 0;
  #answered = 0;
  /** Resolved, and replaced, when all are answered. */
  #allAnswered = Promise.withResolvers<void>();

  constructor(route: Route, clock: Clock) {
    this.#route = route;
    this.#clock = clock;
  }

  /** The route, which counts each answer from the request to its end. */
  readonly handler: Handler = (request, { completed }) => {
    this.#asked++;
    const done = () => {
      if (++this.#answered < this.#asked) return;
      this.#allAnswered.resolve();
      this.#allAnswered = Promise.withResolvers();
    };
    completed.then(done, done);
    return this.#route(request);
  };

  /** Resolves once no answer is in progress, after `ms`, or when the signal aborts. */
  async quiet(ms: number, signal: AbortSignal): Promise<void> {
    const limit = new AbortController();
    const cancel = this.#clock.after(ms, () => limit.abort());
    const over = AbortSignal.any([limit.signal, signal]);
    let asked = NaN;
    while (!over.aborted && this.#asked !== asked) {
      if (this.#answered < this.#asked) {
        await Promise.race([this.#allAnswered.promise, aborted(over)]);
      }
      asked = this.#asked;
      await sleep(this.#clock, FLUSH_TIME, over).catch(() => {});
    }
    cancel();
  }
}
