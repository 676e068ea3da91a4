import type { Clock } from "../clock.ts";
import { formatDuration } from "../duration.ts";
import { ApiError } from "./api_error.ts";

/**
 * A signal for a request, walk page or scrape: aborts with its parent, or with a timeout's
 * `ApiError` after `ms`; dispose of it to stop the timer.
 */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #cancel: () => void;
  readonly #parent: AbortSignal;
  readonly #follow = () => this.#controller.abort(this.#parent.reason);

  constructor(clock: Clock, ms: number, parent: AbortSignal) {
    this.#parent = parent;
    this.#cancel = clock.after(ms, () => {
      const message = `The API did not answer within ${formatDuration(ms)}`;
      this.#controller.abort(new ApiError("timeout", message));
    });
    parent.addEventListener("abort", this.#follow, { once: true });
    if (parent.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#parent.removeEventListener("abort", this.#follow);
  }
}
