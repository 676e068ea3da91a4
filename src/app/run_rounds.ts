import type { Clock } from "../clock.ts";
import type { Schedule } from "../collectors/collector.ts";
import { formatDuration } from "../duration.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Exporter } from "./exporter.ts";

/**
 * The extra time that lets a request's own time limit, whose message says more, expire first, in
 * milliseconds.
 */
const GRACE = 200;

/** How long rounds may take. */
export interface RoundLimits {
  readonly clock: Clock;
  /** How long a round may go without a good answer, in milliseconds. */
  readonly silence: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one round of each background collector, one after another, each for as long as good answers
 * arrive; calls back after each. Failures appear in the collectors' reports.
 */
export async function runRounds(
  { inBackground, requests }: Pick<Exporter, "inBackground" | "requests">,
  limits: RoundLimits,
  onEnd: (schedule: Schedule) => void = () => {},
): Promise<void> {
  for (const source of inBackground) {
    using limit = new SilenceLimit(requests, limits);
    await source.round(AbortSignal.any([limits.signal, limit.signal]));
    onEnd(source.schedule);
  }
}

/** A signal that aborts when good answers have ceased; dispose of it to stop watching. */
class SilenceLimit implements Disposable {
  readonly #controller = new AbortController();
  #cancel: () => void = () => {};

  constructor(requests: Exporter["requests"], { clock, silence }: RoundLimits) {
    const started = clock.monotonic();
    const watch = () => {
      const rest = Math.max(started, requests.lastAnswer) + silence + GRACE - clock.monotonic();
      if (rest > 0) {
        this.#cancel = clock.after(rest, watch);
        return;
      }
      const message = `The API gave no good answer within ${formatDuration(silence)}`;
      this.#controller.abort(new ApiError("timeout", message));
    };
    watch();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}
