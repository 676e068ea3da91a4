import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import type { ApiError, Reason } from "../spacelift/api_error.ts";

/** Receives each outcome of a collector: why it failed, or undefined when it delivered. */
export type NoteOutcome = (collector: string, failure: ApiError | undefined) => void;

/** Reasons that concern the API as a whole rather than a single collector. */
const API_WIDE: ReadonlySet<Reason> = new Set(["timeout", "unreachable", "rate_limited"]);

/**
 * How long to wait for the last collectors before logging the end of an outage, in milliseconds.
 */
const PATIENCE = 5 * 60_000;

/** What was last logged about a failing collector, and when it recovered, if it has. */
interface Known {
  readonly reason: Reason;
  recoveredAt?: number | undefined;
}

/**
 * Logs one record for all collectors that fail for the same reason, and one when the last of them
 * recovers, however often they run in between.
 */
export class TroubleLog {
  readonly #clock: Clock;
  /** Collectors that run in the background rather than on scrapes. */
  readonly #background: ReadonlySet<string>;
  readonly #failures = new Map<string, ApiError>();
  readonly #known = new Map<string, Known>();

  constructor(options: { clock: Clock; background: Iterable<string> }) {
    this.#clock = options.clock;
    this.#background = new Set(options.background);
  }

  /** Records an outcome, which `flush` logs together with others. */
  readonly note: NoteOutcome = (collector, failure) => {
    const known = this.#known.get(collector);
    if (failure === undefined) {
      this.#failures.delete(collector);
      if (known !== undefined) known.recoveredAt ??= this.#clock.monotonic();
    } else {
      this.#failures.set(collector, failure);
      if (known !== undefined) known.recoveredAt = undefined;
    }
  };

  /** Logs what has changed. */
  flush(): void {
    const begun = Map.groupBy(
      [...this.#failures].filter(([name, { reason }]) => this.#known.get(name)?.reason !== reason),
      ([, { reason }]) => reason,
    );
    for (const [reason, failures] of begun) this.#logBegin(reason, failures);
    const byReason = Map.groupBy(this.#known, ([, { reason }]) => reason);
    for (const [reason, members] of byReason) this.#logEnd(reason, members);
  }

  #logBegin(reason: Reason, failures: readonly (readonly [string, ApiError])[]): void {
    const collectors = failures.map(([name]) => name).sort();
    const [[, failure] = []] = failures;
    const isPartOfOutage = API_WIDE.has(reason) &&
      collectors.every((name) => this.#background.has(name)) &&
      [...this.#known].some(([name, known]) =>
        known.reason === reason && !this.#background.has(name)
      );
    for (const name of collectors) this.#known.set(name, { reason });
    if (reason === "unsupported") {
      log.info("Collectors are not supported for this account and API key", {
        collectors,
        failure,
      });
    } else if (isPartOfOutage) {
      log.debug("More collectors failed for a known reason", { collectors, reason, failure });
    } else {
      log.warn("Collectors failed", { collectors, reason, failure });
    }
  }

  #logEnd(reason: Reason, members: readonly (readonly [string, Known])[]): void {
    const waiting = members.flatMap(([name, { recoveredAt }]) =>
      recoveredAt === undefined ? [] : [{ name, recoveredAt }]
    );
    const now = this.#clock.monotonic();
    const isOver = waiting.length === members.length ||
      waiting.some(({ recoveredAt }) => now - recoveredAt >= PATIENCE);
    if (!isOver) return;
    for (const { name } of waiting) this.#known.delete(name);
    log.info("Collectors recovered", {
      collectors: waiting.map(({ name }) => name).sort(),
      reason,
    });
  }
}
