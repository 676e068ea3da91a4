import { mock } from "node:test";
import { webhookHandler } from "../../../src/app/webhook.ts";
import { systemClock } from "../../../src/clock.ts";
import { COLLECTORS } from "../../../src/collectors/list.ts";
import type { Run } from "../../../src/demo/api/account.ts";
import { webhookPayload } from "../../../src/demo/api/webhook_sender.ts";
import type { Route } from "../../../src/http/routes.ts";
import { Secret } from "../../../src/secret.ts";
import { SIGNATURE_HEADER, signBody } from "../../../src/webhook_signature.ts";
import { type SimulatedApi, startSimulatedApi } from "../../api/simulated_api.ts";
import { parseExposition } from "../../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../../support/start_exporter.ts";
import { settingsOf } from "../../support/settings_of.ts";
import { type Scenario, type Stage, TARGET } from "./scenario.ts";
import { type InputSeries, SeriesRecorder } from "./series_recorder.ts";
import { wellAccount } from "./stage_account.ts";
import { StageClock } from "./stage_clock.ts";

/** No collector sleeps for exactly as long as a request may take here. */
const FLAGS = ["--scrape-timeout=24567ms"];

const SECRET = new Secret("a secret of the stage");

const WEBHOOK_FLAGS = [
  "--webhook-listen-address=127.0.0.1:0",
  `--webhook-secret=${SECRET.reveal()}`,
];

/** Plays a scenario to a real exporter, and records what Prometheus would have scraped. */
export async function playScenario(
  scenario: Scenario,
  flags: readonly string[] = [],
): Promise<InputSeries[]> {
  // The exporter spreads its pauses by chance; here they must be the same each time.
  const random = mock.method(Math, "random", () => 0.5);
  const settings = settingsOf(FLAGS);
  const inBackground = COLLECTORS.filter(({ schedule }) => schedule !== undefined);
  const clock = new StageClock(settings.exporter.scrapeTimeout, inBackground.length);
  const account = wellAccount();
  await using server = startSimulatedApi({ account, clock });
  const hasWebhook = scenario.webhook ?? false;
  const exporter = new StageExporter(server, clock, {
    flags: [...flags, ...pausesOf(scenario)],
    hasWebhook,
  });
  exporter.start();
  const recorder = new SeriesRecorder();
  let targetPresent = true;
  const stage: Stage = {
    account,
    server,
    exporter,
    deliver: (run) => exporter.deliver(run),
    setTarget: (present) => targetPresent = present,
  };
  try {
    for (let time = 0; time <= scenario.duration; time += scenario.step) {
      await clock.advanceTo(time * 1000);
      for (const { at, act } of scenario.events) if (at === time) await act(stage);
      recorder.record(targetPresent ? await exporter.scrape() : new Map<string, number>());
    }
  } finally {
    await exporter.stop();
    random.mock.restore();
  }
  return recorder.series();
}

/** Nothing is read more often than it is scraped: days pass sooner. */
function pausesOf({ step }: Scenario): string[] {
  return [
    `--runs-refresh-interval=${Math.max(30, step)}s`,
    `--stacks-refresh-interval=${Math.max(60, step)}s`,
  ];
}

/** An exporter that can be stopped and started again. */
class StageExporter {
  readonly #api: SimulatedApi;
  readonly #clock: StageClock;
  readonly #flags: readonly string[];
  readonly #hasWebhook: boolean;
  #running: TestExporter | undefined;
  #webhook: Route | undefined;

  constructor(
    api: SimulatedApi,
    clock: StageClock,
    options: { flags: readonly string[]; hasWebhook: boolean },
  ) {
    this.#api = api;
    this.#clock = clock;
    this.#flags = options.flags;
    this.#hasWebhook = options.hasWebhook;
  }

  start(): void {
    this.#running = startExporter({
      api: this.#api,
      clock: this.#clock,
      background: true,
      flags: [...FLAGS, ...this.#flags, ...this.#hasWebhook ? WEBHOOK_FLAGS : []],
    });
    if (!this.#hasWebhook) return;
    this.#webhook = webhookHandler(this.#running.exporter, {
      secret: () => Promise.resolve(SECRET),
      // Not the stage's: what watches over a delivery is no sleeper.
      clock: { ...systemClock, wall: () => this.#clock.wall() },
    });
  }

  /** Delivers what Spacelift's webhook says of a run; lost while nobody listens. */
  async deliver(run: Run): Promise<void> {
    if (this.#running === undefined) return;
    const body = new TextEncoder().encode(JSON.stringify(webhookPayload(run, undefined)));
    await this.#webhook?.(
      new Request("http://exporter.invalid/webhook", {
        method: "POST",
        headers: { [SIGNATURE_HEADER]: signBody(body, SECRET) },
        body,
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    this.#running = undefined;
  }

  /** The samples of one scrape by series, with `up` as Prometheus adds it. */
  async scrape(): Promise<Map<string, number>> {
    const samples = new Map([[seriesName("up", TARGET), 0]]);
    if (this.#running === undefined) return samples;
    await this.#clock.asleep();
    const response = await this.#running.get();
    const text = await response.text();
    if (!response.ok) return samples;
    samples.set(seriesName("up", TARGET), 1);
    for (const family of parseExposition(text, "text")) {
      if (family.type === "histogram" || family.name.startsWith("process_")) continue;
      for (const { name, labels, value } of family.samples) {
        samples.set(seriesName(name, { ...labels, ...TARGET }), value);
      }
    }
    return samples;
  }
}

function seriesName(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(",")}}`;
}
