import type { Clock } from "../clock.ts";

/**
 * The pace of background rounds while the API's limit is unknown: a short burst, then four requests
 * a second. The rest is left to scrapes, and a page takes about that long anyway.
 */
export const BURST = 10;
const USUAL_INTERVAL = 250;
/** The slowest pace, in milliseconds from one request to the next. */
const MAX_INTERVAL = 5_000;
/** How long the API's last "too many requests" slows the pace down, in milliseconds. */
const MEMORY = 3600_000;
/** A pause this long, in milliseconds, starts a new measurement of what the API allows. */
const REST = 10_000;

/** Rate limiter for background requests; times are monotonic. */
export class Pace {
  readonly #clock: Clock;
  readonly #burst: number;
  /** When the next request would be due without bursts. */
  #due = -Infinity;
  #limited: { readonly interval: number; readonly until: number } | undefined;
  /** The requests that the API accepted since it last refused one, or since the last pause. */
  #stretch = { began: -Infinity, letThrough: 0 };
  #lastSent = -Infinity;

  /** `burst` requests may be sent at once. */
  constructor(clock: Clock, burst: number = BURST) {
    this.#clock = clock;
    this.#burst = burst;
  }

  /** Reserves the next slot, and returns how long to wait for it, in milliseconds. */
  take(): number {
    const now = this.#clock.monotonic();
    const { interval, burst } = this.#present(now);
    const sentAt = Math.max(now, this.#due - (burst - 1) * interval);
    this.#due = Math.max(sentAt, this.#due) + interval;
    if (sentAt - this.#lastSent > REST) this.#stretch = { began: sentAt, letThrough: 0 };
    this.#lastSent = sentAt;
    return sentAt - now;
  }

  /** Records that the API did not rate-limit a request. */
  letThrough(): void {
    this.#stretch.letThrough++;
  }

  /** Records that the API rate-limited a request; the next one is due in `wait` milliseconds. */
  refused(wait: number): void {
    const now = this.#clock.monotonic();
    const { began, letThrough } = this.#stretch;
    const { interval, burst } = this.#present(now);
    // Uses half of what the API accepted and leaves the rest to scrapes and other clients. If a
    // pace that was already reduced is still too fast, they need more than half.
    const slower = burst === 1 || letThrough === 0 ? 2 * interval : interval;
    const half = letThrough === 0 ? slower : 2 * (now + wait - began) / letThrough;
    this.#limited = {
      interval: Math.min(Math.max(slower, half), MAX_INTERVAL),
      until: now + MEMORY,
    };
    this.#due = now + wait;
    this.#stretch = { began: now + wait, letThrough: 0 };
  }

  #present(now: number): { interval: number; burst: number } {
    if (this.#limited !== undefined && now < this.#limited.until) {
      return { interval: this.#limited.interval, burst: 1 };
    }
    return { interval: USUAL_INTERVAL, burst: this.#burst };
  }
}
