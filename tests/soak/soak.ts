import { type SimulatedApi, startSimulatedApi } from "../api/simulated_api.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { Program } from "../support/run_program.ts";
import { ASKED_ON_SCRAPES } from "../support/start_exporter.ts";
import { ChangingAccount, versionsShown } from "./changing_account.ts";
import { makeTrouble, pause } from "./chaos.ts";

/** What a soak found. */
export interface Findings {
  /** Anything that must not happen, in words; empty when all is well. */
  readonly problems: readonly string[];
  readonly scrapes: Readonly<Record<"good" | "degraded" | "failed" | "left", number>>;
  readonly troubles: number;
  readonly kinds: number;
  /** The mean resident memory of each minute, in MiB. */
  readonly memory: readonly number[];
  /** The longest time beyond its deadline that an answer took, in milliseconds. */
  readonly latest: number;
}

const SCRAPES_PER_SECOND = 20;
const MAX_STALENESS = 5_000;
const STACKS_MAX_STALENESS = 10_000;
/** Time between the clocks of an answer's deadline here and in the exporter, in milliseconds. */
const TOLERANCE = 1_000;
const SECRET = "soak-secret";
/** What an exporter may take to start, to recover twice and to end, in milliseconds. */
const MORE_TIME = 60_000;
/** Without the first minutes, in which everything warms up. */
const FIRST_MINUTE = 2;
const MAX_GROWTH = 1.1;

/** Scrapes an exporter whose API is in trouble all the time. */
export async function soak(seconds: number): Promise<Findings> {
  return await new Soak().run(seconds);
}

class Soak {
  readonly #account = new ChangingAccount();
  readonly #problems = new Set<string>();
  readonly #scrapes = { good: 0, degraded: 0, failed: 0, left: 0 };
  readonly #memory: { sum: number; count: number }[] = [];
  readonly #started = performance.now();
  #latest = 0;
  #demo: SimulatedApi = this.#startApi(0);

  async run(seconds: number): Promise<Findings> {
    await using exporter = new Program([
      "serve",
      "--listen-address=127.0.0.1:0",
      "--scrape-timeout=2s",
      "--stacks-refresh-interval=1s",
      `--max-staleness=${MAX_STALENESS}ms`,
      `--stacks-max-staleness=${STACKS_MAX_STALENESS}ms`,
    ], {
      env: {
        API_ENDPOINT: this.#demo.url,
        API_KEY_ID: this.#demo.apiKey.id,
        API_KEY_SECRET: SECRET,
      },
      timeLimit: seconds * 1000 + MORE_TIME,
    });
    let isStopping = false;
    const ended = exporter.ended.then(({ code, stderr }) => {
      for (const line of stderr.trimEnd().split("\n")) this.#checkLogLine(line);
      if (!isStopping || code !== 0) this.#problems.add(`The exporter ended with ${code}`);
    });
    const url = await exporter.listening();
    await this.#becomesGood(url);
    const { troubles, kinds } = await this.#underTrouble(url, seconds);
    await this.#becomesGood(url);
    isStopping = true;
    exporter.kill("SIGTERM");
    await ended;
    await this.#demo.close();
    this.#checkMemory();
    return {
      problems: [...this.#problems],
      scrapes: this.#scrapes,
      troubles,
      kinds,
      memory: this.#meanMemory(),
      latest: this.#latest,
    };
  }

  #startApi(port: number): SimulatedApi {
    return startSimulatedApi({
      account: () => this.#account.read(),
      apiKeySecret: SECRET,
      tokenLifetimeSeconds: 2,
      port,
    });
  }

  async #underTrouble(
    url: string,
    seconds: number,
  ): Promise<{ troubles: number; kinds: number }> {
    const ending = new AbortController();
    const port = Number(new URL(this.#demo.url).port);
    const current = () => this.#demo;
    const trouble = makeTrouble({
      get demo() {
        return current();
      },
      stop: () => this.#demo.close(),
      start: () => {
        this.#demo = this.#startApi(port);
      },
    }, { secret: SECRET, signal: ending.signal });
    const scrapes = new Set<Promise<void>>();
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const scrape = this.#scrape(url);
      scrapes.add(scrape);
      scrape.finally(() => scrapes.delete(scrape));
      await pause(1000 / SCRAPES_PER_SECOND, ending.signal);
    }
    ending.abort();
    await Promise.all(scrapes);
    return await trouble;
  }

  /** One scrape in one of the ways in which scrapers scrape; one in ten leaves before its answer. */
  async #scrape(url: string): Promise<void> {
    const patience = 0.6 + 4 * Math.random();
    const format = Math.random() < 0.5 ? "text" : "openmetrics";
    const accept = format === "text" ? "text/plain" : "application/openmetrics-text";
    const signal = Math.random() < 0.1 ? AbortSignal.timeout(20 * Math.random()) : null;
    const started = performance.now();
    try {
      const response = await fetch(`${url}/metrics`, {
        headers: { accept, "x-prometheus-scrape-timeout-seconds": patience.toFixed(3) },
        signal,
      });
      const text = await response.text();
      const deadline = Math.min(patience * 1000 - 500, 2000);
      this.#latest = Math.max(this.#latest, performance.now() - started - deadline);
      if (this.#latest > TOLERANCE) this.#problems.add("An answer came too late");
      if (response.status === 200) {
        const isDegraded = /^spacelift_scrape_collector_success\{.*\} 0/m.test(text);
        this.#scrapes[isDegraded ? "degraded" : "good"]++;
        this.#checkTruth(parseExposition(text, format), started);
      } else {
        this.#scrapes.failed++;
        this.#checkFailure(response.status, text);
      }
    } catch (error) {
      if (signal?.aborted) this.#scrapes.left++;
      else this.#problems.add(`A scrape failed: ${error}`);
    }
  }

  #checkTruth(families: ReturnType<typeof parseExposition>, started: number): void {
    const newest = this.#account.versionAt(performance.now());
    for (const [collector, versions] of versionsShown(families)) {
      const staleness = collector === "stacks" ? STACKS_MAX_STALENESS : MAX_STALENESS;
      const oldest = this.#account.versionAt(started - staleness);
      const [version = NaN, ...others] = versions;
      if (others.length > 0) {
        this.#problems.add(`${collector} mixes the versions ${[...versions]}`);
      } else if (!(version >= oldest && version <= newest)) {
        this.#problems.add(`${collector} shows ${version}, not one of ${oldest} to ${newest}`);
      }
    }
    const bytes = seriesOf(families).get("process_resident_memory_bytes") ?? NaN;
    const minute = Math.floor((performance.now() - this.#started) / 60_000);
    const memory = this.#memory[minute] ??= { sum: 0, count: 0 };
    memory.sum += bytes;
    memory.count++;
  }

  #checkFailure(status: number, text: string): void {
    if (status !== 500 || !/^([a-z]+: .+\n)+$/.test(text)) {
      this.#problems.add(`A scrape was answered with ${status}: ${text.slice(0, 300)}`);
    }
  }

  #checkLogLine(line: string): void {
    if (!/^\{"level":"(info|warn)",.*\}$/.test(line) || line.includes(SECRET)) {
      this.#problems.add(`The log has the line ${line.replaceAll(SECRET, "...").slice(0, 300)}`);
    }
  }

  #checkMemory(): void {
    const memory = this.#meanMemory();
    const [third, last] = [memory[FIRST_MINUTE], memory.at(-1)];
    if (third === undefined || last === undefined) return;
    if (last > third * MAX_GROWTH) {
      this.#problems.add(`Memory grew from ${third.toFixed(0)} to ${last.toFixed(0)} MiB`);
    }
  }

  #meanMemory(): number[] {
    return this.#memory.map(({ sum, count }) => sum / count / 2 ** 20);
  }

  /** Without trouble every collector that asks on each scrape delivers, at once or soon. */
  async #becomesGood(url: string): Promise<void> {
    const end = performance.now() + 10_000;
    for (;;) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const isGood = (collector: string) =>
        text.includes(`\nspacelift_scrape_collector_success{collector="${collector}"} 1\n`);
      if (ASKED_ON_SCRAPES.every(isGood)) return;
      if (performance.now() > end) {
        this.#problems.add(`It did not recover: ${text.slice(0, 300)}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
