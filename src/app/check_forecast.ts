import type { Clock } from "../clock.ts";
import type { Schedule } from "../collectors/collector.ts";
import { COLLECTORS } from "../collectors/list.ts";
import { writeExposition } from "../metrics/exposition.ts";
import { plainBody } from "../metrics/gzip.ts";
import type { Scrape } from "../scrape/scraper.ts";

const SCRAPES_PER_HOUR = 120;
const HOUR = 3_600_000;

/**
 * What the exporter would serve, and how often it would query the API, at one scrape every 30
 * seconds.
 */
export interface Forecast {
  readonly families: number;
  readonly series: number;
  readonly requestsPerHour: number;
}

/** What background collectors will cost, from one round of each, one after another. */
export class BackgroundCost {
  readonly #sent: { readonly requests: number };
  readonly #clock: Clock;
  #requestsBefore: number;
  #startedAt: number;
  #perHour = 0;

  /** `sent` counts the requests of all of them; the first round starts now. */
  constructor(sent: { readonly requests: number }, clock: Clock) {
    this.#sent = sent;
    this.#clock = clock;
    this.#requestsBefore = sent.requests;
    this.#startedAt = clock.monotonic();
  }

  /** Adds a collector whose round has just ended. */
  add({ interval, usualRequests }: Schedule): void {
    const { requests } = this.#sent;
    const now = this.#clock.monotonic();
    const rounds = HOUR / (interval + now - this.#startedAt);
    this.#perHour += rounds * (usualRequests ?? requests - this.#requestsBefore);
    this.#requestsBefore = requests;
    this.#startedAt = now;
  }

  /** Requests per hour that are sent without scrapes. */
  get perHour(): number {
    return this.#perHour;
  }
}

/** What to expect after this scrape; undefined when it has nothing to serve. */
export function forecast({ families }: Scrape, options: {
  /** The names of the collectors that are on. */
  readonly collectors: ReadonlySet<string>;
  readonly background: BackgroundCost;
}): Forecast | undefined {
  if (families === undefined) return undefined;
  const { collectors, background } = options;
  const body = plainBody(writeExposition(families, "text"));
  const decoder = new TextDecoder();
  const lines = body.map((part) => decoder.decode(part, { stream: true })).join("").split("\n");
  const perScrape =
    COLLECTORS.filter(({ name, schedule }) => collectors.has(name) && schedule === undefined)
      .length;
  return {
    families: lines.filter((line) => line.startsWith("# TYPE ")).length,
    series: lines.filter((line) => line !== "" && !line.startsWith("#")).length,
    requestsPerHour: Math.round(perScrape * SCRAPES_PER_HOUR + background.perHour),
  };
}
