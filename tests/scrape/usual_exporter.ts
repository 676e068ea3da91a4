import { saasAccount } from "../support/accounts.ts";
import type { SimulatedApi } from "../api/simulated_api.ts";
import { captureLog } from "../support/capture_log.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { parseExposition, seriesOf } from "../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../support/start_exporter.ts";

/** One scrape as Prometheus sees it; no series where it failed. */
export interface Scrape {
  readonly status: number;
  readonly text: string;
  readonly series: ReadonlyMap<string, number>;
}

/** An exporter for a usual account, whose log is kept to itself, in time that a test moves. */
export class UsualExporter implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly test: TestExporter;
  readonly #log = captureLog();

  private constructor(options: {
    readonly flags: readonly string[];
    readonly background: boolean;
    readonly prepare?: (demo: SimulatedApi) => void;
  }) {
    this.test = startExporter({ account: saasAccount(), clock: this.clock, ...options });
  }

  /** Starts it; `background` once the first walk is done, or has failed. */
  static async start(options: {
    readonly flags?: readonly string[];
    readonly background?: boolean;
    readonly prepare?: (demo: SimulatedApi) => void;
  } = {}): Promise<UsualExporter> {
    const { flags = [], background = false } = options;
    const started = new UsualExporter({ ...options, flags, background });
    const walked = () => {
      const { lastSuccess, failure } = started.test.peek("stacks") ?? {};
      return lastSuccess !== undefined || failure !== undefined;
    };
    if (background) await eventually(walked, "the walk does not end");
    return started;
  }

  get demo(): SimulatedApi {
    return this.test.demo;
  }

  async scrape(headers?: Record<string, string>): Promise<Scrape> {
    const response = await this.test.get(headers);
    const text = await response.text();
    const isGood = response.status === 200;
    const series = isGood ? seriesOf(parseExposition(text, "text")) : new Map<string, number>();
    return { status: response.status, text, series };
  }

  /** Lets time pass until the next walk has failed. */
  async untilWalkFails(): Promise<void> {
    await this.clock.advance(70_000);
    const failed = () => this.test.peek("stacks")?.failure !== undefined;
    await eventually(failed, "the walk does not end");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
    this.#log[Symbol.dispose]();
  }
}
