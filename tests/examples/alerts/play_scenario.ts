import { mock } from "node:test";
import { createExporter, type Exporter } from "../../../src/app/exporter.ts";
import type { ExporterSettings } from "../../../src/cli/parse.ts";
import { startSimulatedApi } from "../../api/simulated_api.ts";
import { answerMetrics } from "../../../src/http/metrics_route.ts";
import { Secret } from "../../../src/secret.ts";
import { parseExposition } from "../../support/parse_exposition.ts";
import { settingsOf } from "../settings_of.ts";
import { type Scenario, type Stage, TARGET } from "./scenario.ts";
import { type InputSeries, SeriesRecorder } from "./series_recorder.ts";
import { wellAccount } from "./stage_account.ts";
import { StageClock } from "./stage_clock.ts";

/** Plays a scenario to a real exporter, and records what Prometheus would have scraped. */
export async function playScenario(scenario: Scenario): Promise<InputSeries[]> {
  // The exporter spreads its pauses by chance; here they shall be the same each time.
  const random = mock.method(Math, "random", () => 0.5);
  const settings = settingsOf([]);
  const clock = new StageClock(settings.exporter.scrapeTimeout);
  const account = wellAccount();
  await using server = startSimulatedApi({ account, clock });
  const exporter = new StageExporter(server.url, settings, clock);
  exporter.start();
  const recorder = new SeriesRecorder();
  let targetPresent = true;
  const stage: Stage = {
    account,
    server,
    exporter,
    setTarget: (present) => targetPresent = present,
  };
  try {
    for (let time = 0; time <= scenario.duration; time += scenario.step) {
      await clock.advanceTo(time * 1000);
      for (const { at, act } of scenario.events) if (at === time) await act(stage);
      recorder.record(targetPresent ? await exporter.scrape() : new Map());
    }
  } finally {
    await exporter.stop();
    random.mock.restore();
  }
  return recorder.series();
}

/** An exporter that can be stopped and started again. */
class StageExporter {
  readonly #url: URL;
  readonly #settings: ExporterSettings;
  readonly #clock: StageClock;
  #running:
    | { exporter: Exporter; stopping: AbortController; background: Promise<void> }
    | undefined;

  constructor(url: string, settings: ExporterSettings, clock: StageClock) {
    this.#url = new URL(url);
    this.#settings = settings;
    this.#clock = clock;
  }

  start(): void {
    const key = { id: "demo-key", secret: () => Promise.resolve(new Secret("demo-secret")) };
    const account = { url: this.#url, key, caCertificates: [] };
    const exporter = createExporter(account, this.#settings, this.#clock);
    const stopping = new AbortController();
    this.#running = { exporter, stopping, background: exporter.background(stopping.signal) };
  }

  async stop(): Promise<void> {
    this.#running?.stopping.abort();
    await this.#running?.background;
    this.#running?.exporter.close();
    this.#running = undefined;
  }

  /** The samples of one scrape by series, with `up` as Prometheus adds it. */
  async scrape(): Promise<Map<string, number>> {
    const samples = new Map([[seriesName("up", TARGET), 0]]);
    if (this.#running === undefined) return samples;
    await this.#clock.asleep();
    const { scraper } = this.#running.exporter;
    const request = new Request("http://promex:9953/metrics");
    const response = await answerMetrics(request, {
      scraper,
      scrapeTimeout: this.#settings.exporter.scrapeTimeout,
    });
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
