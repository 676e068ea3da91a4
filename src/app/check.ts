import type { CheckSettings } from "../cli/parse.ts";
import { type Clock, secondsSince, systemClock } from "../clock.ts";
import { COLLECTORS } from "../collectors/list.ts";
import { describeError, warnInText } from "../log.ts";
import type { Scrape } from "../scrape/scraper.ts";
import type { Report } from "../scrape/collector_record.ts";
import { ApiError } from "../spacelift/api_error.ts";
import { KeyRejected } from "../spacelift/session.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { BackgroundCost, type Forecast, forecast } from "./check_forecast.ts";
import { checkNetwork } from "./check_network.ts";
import { collectorRemedy, exchangeRemedy } from "./check_remedies.ts";
import { type CheckReport, lastLine, type Step, stepLines } from "./check_report.ts";
import { checkSchema } from "./check_schema.ts";
import { type AccountAccess, createExporter, type Exporter, transportTo } from "./exporter.ts";
import type { Io } from "./io.ts";
import { openAccount } from "./open_account.ts";
import { webhookSecret } from "./webhook.ts";
import { RecordingTransport } from "./recording_transport.ts";
import { runRounds } from "./run_rounds.ts";

/**
 * Tests the settings against the API, explains each step and returns the exit code; throws
 * `UsageError`.
 */
export async function check(settings: CheckSettings, io: Io): Promise<number> {
  const account = await openAccount(settings.account, io, warnInText(io.stderr));
  await tryWebConfig("--web.config.file", settings.web.file);
  await tryWebConfig("--webhook-web.config.file", settings.webhook?.web.file);
  if (settings.webhook !== undefined) await webhookSecret(settings.webhook.secret, systemClock);
  if ("secret" in settings.account.keySecret) await io.dropReadPermission();
  const isText = settings.check.format === "text";
  const stopping = new AbortController();
  using _signals = io.signals(() => stopping.abort());
  const checking = new Check({ account, settings, clock: systemClock, signal: stopping.signal });
  try {
    const report = await checking.run((step) => isText ? io.stdout(stepLines(step)) : undefined);
    io.stdout(isText ? lastLine(report) : `${JSON.stringify(report, null, 2)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    io.stderr("Interrupted\n");
    return 1;
  }
}

/** Throws `UsageError` for a web configuration that `serve` could not use. */
async function tryWebConfig(flag: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const { openWebAccess } = await import("./web.ts");
  await openWebAccess({ flag, path }, systemClock);
}

class Check {
  readonly #account: AccountAccess;
  readonly #settings: CheckSettings;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #steps: Step[] = [];

  constructor(options: {
    account: AccountAccess;
    settings: CheckSettings;
    clock: Clock;
    signal: AbortSignal;
  }) {
    this.#account = options.account;
    this.#settings = options.settings;
    this.#clock = options.clock;
    this.#signal = options.signal;
  }

  /** Tests everything and reports each step as soon as its result is known. */
  async run(onStep: (step: Step) => void): Promise<CheckReport> {
    const note = (step: Step) => {
      this.#steps.push(step);
      onStep(step);
    };
    const { collectors, exporter: { scrapeTimeout: timeout } } = this.#settings;
    const { url, key, caCertificates } = this.#account;
    const authorities = caCertificates.length === 0
      ? ""
      : `, ${caCertificates.length} authorities in addition to those built in`;
    const message = `${url.href} as ${key.id}, ${collectors.size} collectors${authorities}`;
    note({ step: "settings", result: "ok", seconds: 0, message });

    const clock = this.#clock;
    const transport = new RecordingTransport(transportTo(this.#account, clock));
    const exporter = createExporter(this.#account, this.#settings, clock, transport);
    try {
      const signal = this.#signal;
      const network = await checkNetwork({ account: this.#account, clock, timeout, signal });
      const failed = network.find(({ result }) => result === "failed")?.step;
      const exchange = await this.#exchange(exporter, failed);
      const isReached = exchange.result === "ok";
      for (const step of network) note(isReached ? excused(step) : step);
      note(exchange);
      const serves = isReached ? await this.#scrape(exporter, transport, note) : undefined;
      const ok = this.#steps.every(({ result }) => result !== "failed" && result !== "skipped");
      return { ok, steps: this.#steps, ...(serves && { serves }) };
    } finally {
      exporter.close();
    }
  }

  async #exchange({ session }: Exporter, failed?: string): Promise<Step> {
    const started = this.#clock.monotonic();
    const step = "exchange of the key";
    try {
      using limit = this.#limit();
      await session.token(limit.signal);
      const message = "the API accepts the key";
      return { step, result: "ok", seconds: secondsSince(this.#clock, started), message };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const seconds = secondsSince(this.#clock, started);
      const problem = error instanceof KeyRejected ? "the API rejects the key" : plain(error);
      const remedy = exchangeRemedy(error, problem, failed);
      return { step, result: "failed", seconds, message: `${error.reason}: ${problem}`, remedy };
    }
  }

  async #scrape(
    exporter: Exporter,
    transport: RecordingTransport,
    note: (step: Step) => void,
  ): Promise<Forecast | undefined> {
    const { collectors, exporter: { scrapeTimeout } } = this.#settings;
    const clock = this.#clock;
    const cost = new BackgroundCost(transport, clock);
    const limits = { clock, silence: scrapeTimeout, signal: this.#signal };
    await runRounds(exporter, limits, (schedule) => cost.add(schedule));
    const scrape = await exporter.scraper.scrape(scrapeTimeout, this.#signal);
    for (const report of scrape.reports) note(collectorStep(report, scrape));
    note(await this.#schema(exporter, transport));
    return forecast(scrape, { collectors, background: cost });
  }

  async #schema({ client }: Exporter, { documents }: RecordingTransport): Promise<Step> {
    using limit = this.#limit();
    return await checkSchema({ client, documents, clock: this.#clock, signal: limit.signal });
  }

  /** The time limit of one step. */
  #limit(): TimeLimit {
    return new TimeLimit(this.#clock, this.#settings.exporter.scrapeTimeout, this.#signal);
  }
}

/** The exchange worked, so a proxy must resolve and trust the API instead of this machine. */
function excused(step: Step): Step {
  if (step.result !== "failed") return step;
  const message = `${step.message}; the API is reachable anyway, probably through a proxy`;
  return { step: step.step, result: "warning", seconds: step.seconds, message };
}

function collectorStep(report: Report, { families = [] }: Scrape): Step {
  const { collector, failure, duration = 0 } = report;
  const step = `collector ${collector}`;
  if (failure === undefined) {
    return { step, result: "ok", seconds: duration, message: "has data" };
  }
  const delivered = new Set(families.map(({ family }) => family.name));
  const own = COLLECTORS.find(({ name }) => name === collector)?.families ?? [];
  return {
    step,
    result: "failed",
    seconds: duration,
    message: `${failure.reason}: ${plain(failure)}`,
    remedy: collectorRemedy(collector, failure.reason),
    metrics: own.map(({ name }) => name).filter((name) => !delivered.has(name)),
  };
}

/** What went wrong, without the runtime's wrapping. */
function plain(error: ApiError): string {
  return describeError(error).replace(/error sending request .*?: client error \(\w+\): /, "");
}
