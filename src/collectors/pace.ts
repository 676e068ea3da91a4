import type { Clock } from "../clock.ts";

/**
 * What a background round takes while nobody knows how much the API allows: a few requests at once,
 * then four a second. Scrapes need the rest, and a page takes the API about as long anyway.
 */
export const BURST = 10;
const USUAL_INTERVAL = 250;
/** The slowest pace, in milliseconds from one request to the next. */
const MAX_INTERVAL = 5_000;
/** How long the API's last "too many requests" is taken into account, in milliseconds. */
const MEMORY = 3600_000;
/** After a rest this long, in milliseconds, a new stretch of requests begins to be measured. */
const REST = 10_000;

/** When the next of many requests may be sent; times are the monotonic clock's. */
export class Pace {
  readonly #clock: Clock;
  readonly #burst: number;
  /** When the next request would be sent if none were sent in a burst. */
  #due = -Infinity;
  #limited: { readonly interval: number; readonly until: number } | undefined;
  /** The requests that the API let through since it last refused one, or since the last rest. */
  #stretch = { began: -Infinity, letThrough: 0 };
  #lastSent = -Infinity;

  /** `burst` requests may be sent at once. */
  constructor(clock: Clock, burst: number = BURST) {
    this.#clock = clock;
    this.#burst = burst;
  }

  /** Takes the next place in the row, and returns how long to wait for it, in milliseconds. */
  take(): number {
    const now = this.#clock.monotonic();
    const { interval, burst } = this.#present(now);
    const sentAt = Math.max(now, this.#due - (burst - 1) * interval);
    this.#due = Math.max(sentAt, this.#due) + interval;
    if (sentAt - this.#lastSent > REST) this.#stretch = { began: sentAt, letThrough: 0 };
    this.#lastSent = sentAt;
    return sentAt - now;
  }

  /** The API did not refuse a request for being one too many. */
  letThrough(): void {
    this.#stretch.letThrough++;
  }

  /** The API refused a request, and is not asked again for `wait` milliseconds. */
  refused(wait: number): void {
    const now = this.#clock.monotonic();
    const { began, letThrough } = this.#stretch;
    const { interval, burst } = this.#present(now);
    // Half of what was let through: the other half is for scrapes, and for other clients. Where a
    // pace is too fast that was slowed down before, they take more than that.
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
