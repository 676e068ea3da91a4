import type { Clock } from "../clock.ts";
import type { Schedule } from "../collectors/collector.ts";
import { formatDuration } from "../duration.ts";
import { ApiError } from "../spacelift/api_error.ts";
import type { Exporter } from "./exporter.ts";
import type { RecordingTransport } from "./recording_transport.ts";

/**
 * The extra time that lets a request's own time limit, whose message says more, expire first, in
 * milliseconds.
 */
const GRACE = 200;

/** How long rounds may take. */
export interface Patience {
  readonly transport: Pick<RecordingTransport, "lastReply">;
  readonly clock: Clock;
  /** How long a round may go without a good reply, in milliseconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one round of each background collector, one after another, each for as long as good replies
 * arrive; calls back after each. Failures appear in the collectors' reports.
 */
export async function runRounds(
  { inBackground }: Pick<Exporter, "inBackground">,
  patience: Patience,
  onEnd: (schedule: Schedule) => void = () => {},
): Promise<void> {
  for (const source of inBackground) {
    using limit = new SilenceLimit(patience);
    await source.round(AbortSignal.any([patience.signal, limit.signal]));
    onEnd(source.schedule);
  }
}

/** A signal that aborts when good replies have ceased; dispose of it to stop watching. */
class SilenceLimit implements Disposable {
  readonly #controller = new AbortController();
  #cancel: () => void = () => {};

  constructor({ transport, clock, patience }: Patience) {
    const started = clock.monotonic();
    const watch = () => {
      const rest = Math.max(started, transport.lastReply) + patience + GRACE - clock.monotonic();
      if (rest > 0) {
        this.#cancel = clock.after(rest, watch);
        return;
      }
      const message = `The API gave no good answer within ${formatDuration(patience)}`;
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
