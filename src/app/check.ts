import { COLLECTOR_SWITCHES } from "../cli/flags.ts";
import type { CheckSettings } from "../cli/parse.ts";
import { type Clock, secondsSince, systemClock } from "../clock.ts";
import type { Schedule } from "../collectors/collector.ts";
import { COLLECTORS } from "../collectors/list.ts";
import { formatDuration } from "../duration.ts";
import { describeError } from "../log.ts";
import { writeExposition } from "../metrics/exposition.ts";
import { plainBody } from "../metrics/gzip.ts";
import type { Scrape } from "../scrape/scraper.ts";
import type { Report } from "../scrape/collector_record.ts";
import { ApiError, type Reason } from "../spacelift/api_error.ts";
import { KeyRejected } from "../spacelift/session.ts";
import { TimeLimit } from "../spacelift/time_limit.ts";
import { checkNetwork } from "./check_network.ts";
import { type CheckReport, type Forecast, lastLine, type Step, stepLine } from "./check_report.ts";
import { fetchSchema, missingFields } from "./check_schema.ts";
import { type AccountAccess, createExporter, type Exporter, transportTo } from "./exporter.ts";
import type { Io } from "./io.ts";
import { openAccount } from "./open_account.ts";
import { RecordingTransport } from "./recording_transport.ts";

const SCRAPES_PER_HOUR = 120;
const HOUR = 3_600_000;

/** How often it is looked whether replies still come, in milliseconds. */
const WATCH_INTERVAL = 100;

/** Tries the settings for real, explains each step and returns the exit code; throws `UsageError`. */
export async function check(settings: CheckSettings, io: Io): Promise<number> {
  const account = await openAccount(settings.account, io);
  if ("secret" in settings.account.keySecret) await io.dropReadPermission();
  const isText = settings.check.format === "text";
  const stopping = new AbortController();
  using _signals = io.signals(() => stopping.abort());
  const checking = new Check({ account, settings, clock: systemClock, signal: stopping.signal });
  try {
    const report = await checking.run((step) => isText ? io.stdout(stepLine(step)) : undefined);
    io.stdout(isText ? lastLine(report) : `${JSON.stringify(report, null, 2)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    io.stderr("Interrupted\n");
    return 1;
  }
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

  /** Tries everything and reports each step as soon as it is certain. */
  async run(onStep: (step: Step) => void): Promise<CheckReport> {
    const note = (step: Step) => {
      this.#steps.push(step);
      onStep(step);
    };
    const { collectors, exporter: { scrapeTimeout: timeout } } = this.#settings;
    const { url, key, caCertificates } = this.#account;
    const authorities = caCertificates.length === 0
      ? ""
      : `, ${caCertificates.length} further authorities`;
    const message = `${url.href} as ${key.id}${authorities}, ${collectors.size} collectors`;
    note({ step: "settings", result: "ok", seconds: 0, message });

    const clock = this.#clock;
    const transport = new RecordingTransport(transportTo(this.#account, clock), clock);
    const exporter = createExporter(this.#account, this.#settings, clock, transport);
    try {
      const signal = this.#signal;
      const network = await checkNetwork({ account: this.#account, clock, timeout, signal });
      const exchange = await this.#exchange(exporter);
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

  async #exchange({ session }: Exporter): Promise<Step> {
    const started = this.#clock.monotonic();
    const step = "exchange of the key";
    try {
      using limit = new TimeLimit(
        this.#clock,
        this.#settings.exporter.scrapeTimeout,
        this.#signal,
      );
      await session.token(limit.signal);
      const message = "the API accepts the key";
      return { step, result: "ok", seconds: secondsSince(this.#clock, started), message };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const seconds = secondsSince(this.#clock, started);
      const message = `${error.reason}: ${describeError(error)}`;
      return { step, result: "failed", seconds, message, remedy: exchangeRemedy(error) };
    }
  }

  async #scrape(
    exporter: Exporter,
    transport: RecordingTransport,
    note: (step: Step) => void,
  ): Promise<Forecast | undefined> {
    let requests = transport.requests;
    let started = this.#clock.monotonic();
    let hourly = 0;
    await this.#round(exporter, transport, ({ interval, usualRequests }) => {
      const rounds = HOUR / (interval + this.#clock.monotonic() - started);
      hourly += rounds * (usualRequests ?? transport.requests - requests);
      requests = transport.requests;
      started = this.#clock.monotonic();
    });
    const { scrapeTimeout } = this.#settings.exporter;
    const scrape = await exporter.scraper.scrape(scrapeTimeout, this.#signal);
    for (const report of scrape.reports) note(collectorStep(report, scrape));
    note(await this.#schema(exporter, [...transport.documents]));
    return scrape.families === undefined ? undefined : this.#forecast(scrape.families, hourly);
  }

  /** However long a round takes: when no good reply has come for a while, it is given up. */
  async #round(
    exporter: Exporter,
    transport: RecordingTransport,
    onEnd: (schedule: Schedule) => void,
  ): Promise<void> {
    const { scrapeTimeout } = this.#settings.exporter;
    // A request's own time limit comes first, which says more.
    const patience = scrapeTimeout + 2 * WATCH_INTERVAL;
    const giveUp = new AbortController();
    transport.lastReply = this.#clock.monotonic();
    let cancel = () => {};
    const watch = () => {
      const silence = this.#clock.monotonic() - transport.lastReply;
      if (silence > patience) {
        const message = `The API gave no good answer within ${formatDuration(scrapeTimeout)}`;
        return giveUp.abort(new ApiError("timeout", message));
      }
      cancel = this.#clock.after(WATCH_INTERVAL, watch);
    };
    watch();
    try {
      await exporter.round(AbortSignal.any([this.#signal, giveUp.signal]), onEnd);
    } finally {
      cancel();
    }
  }

  async #schema({ client }: Exporter, documents: readonly string[]): Promise<Step> {
    const step = "schema";
    const started = this.#clock.monotonic();
    try {
      using limit = new TimeLimit(
        this.#clock,
        this.#settings.exporter.scrapeTimeout,
        this.#signal,
      );
      const missing = missingFields(await fetchSchema(client, limit.signal), documents);
      const seconds = secondsSince(this.#clock, started);
      if (missing.length === 0) {
        const message = `the server knows every field of ${documents.length} documents`;
        return { step, result: "ok", seconds, message };
      }
      return {
        step,
        result: "warning",
        seconds,
        message: `the server does not know ${missing.join(", ")}`,
        remedy: "update a self-hosted server, or go without what needs these fields",
      };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const seconds = secondsSince(this.#clock, started);
      const message = `the server does not show its schema (${error.reason}), which does no harm`;
      return { step, result: "warning", seconds, message };
    }
  }

  /** `inBackground` is how many requests an hour are sent without scrapes. */
  #forecast(
    families: NonNullable<Scrape["families"]>,
    inBackground: number,
  ): Forecast {
    const body = plainBody(writeExposition(families, "text"));
    const decoder = new TextDecoder();
    const lines = body.map((part) => decoder.decode(part, { stream: true })).join("").split("\n");
    const { collectors } = this.#settings;
    const enabled = COLLECTORS.filter(({ name }) => collectors.has(name));
    const perScrape = enabled.filter(({ schedule }) => schedule === undefined).length;
    return {
      families: lines.filter((line) => line.startsWith("# TYPE ")).length,
      series: lines.filter((line) => line !== "" && !line.startsWith("#")).length,
      requestsPerHour: Math.round(perScrape * SCRAPES_PER_HOUR + inBackground),
    };
  }
}

/** The exchange worked: through a proxy, which finds and trusts the API in this machine's place. */
function excused(step: Step): Step {
  if (step.result !== "failed") return step;
  const message = `${step.message}; the API is reached nevertheless, probably through a proxy`;
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
    message: `${failure.reason}: ${describeError(failure)}`,
    remedy: collectorRemedy(collector, failure.reason),
    metrics: own.map(({ name }) => name).filter((name) => !delivered.has(name)),
  };
}

function exchangeRemedy(error: ApiError): string {
  if (error instanceof KeyRejected) {
    return "check --api-key-id and the key's secret, and that --api-endpoint is the key's account";
  }
  if (error.reason === "bad_response" || error.reason === "unauthorized") {
    return "check that --api-endpoint is an account's own URL, as in " +
      "https://myaccount.app.spacelift.io";
  }
  return REMEDIES[error.reason];
}

function collectorRemedy(collector: string, reason: Reason): string {
  const withoutIt = `or turn it off with --no-${COLLECTOR_SWITCHES.nameOf(collector)}`;
  return `${REMEDIES[reason]}, ${withoutIt}`;
}

const REMEDIES: Readonly<Record<Reason, string>> = {
  timeout: "try again, and raise --scrape-timeout if the API is slow",
  unreachable: "try again, and check the steps above and https://status.spacelift.io",
  rate_limited: "try again later, and have fewer programs use the key",
  unauthorized: "give the key read access to the root space",
  unsupported: "use a server and a kind of key that offer this",
  graphql: "try again, and report it if it stays",
  stale: "try again later",
  bad_response: "check --api-endpoint, and report it if that is right",
};
