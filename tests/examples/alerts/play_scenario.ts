import { mock } from "node:test";
import { COLLECTORS } from "../../../src/collectors/list.ts";
import { type SimulatedApi, startSimulatedApi } from "../../api/simulated_api.ts";
import { parseExposition } from "../../support/parse_exposition.ts";
import { startExporter, type TestExporter } from "../../support/start_exporter.ts";
import { settingsOf } from "../../support/settings_of.ts";
import { type Scenario, type Stage, TARGET } from "./scenario.ts";
import { type InputSeries, SeriesRecorder } from "./series_recorder.ts";
import { wellAccount } from "./stage_account.ts";
import { withTotals } from "./with_totals.ts";
import { StageClock } from "./stage_clock.ts";

/** No collector sleeps for exactly as long as a request may take here. */
const FLAGS = ["--scrape-timeout=24567ms"];

/** What Prometheus would have scraped in a scenario, by default and with `--stacks-totals`. */
export interface Played {
  readonly byDefault: readonly InputSeries[];
  readonly withTotals: readonly InputSeries[];
}

/** Plays a scenario to a real exporter, and records what Prometheus would have scraped. */
export async function playScenario(scenario: Scenario): Promise<Played> {
  // The exporter spreads its pauses by chance; here they must be the same each time.
  const random = mock.method(Math, "random", () => 0.5);
  const settings = settingsOf(FLAGS);
  const inBackground = COLLECTORS.filter(({ schedule }) => schedule !== undefined);
  const clock = new StageClock(settings.exporter.scrapeTimeout, inBackground.length);
  const account = wellAccount();
  await using server = startSimulatedApi({ account, clock });
  const exporter = new StageExporter(server, clock);
  exporter.start();
  const recorder = new SeriesRecorder();
  const totalsRecorder = new SeriesRecorder();
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
      const samples = targetPresent ? await exporter.scrape() : new Map<string, number>();
      recorder.record(samples);
      totalsRecorder.record(withTotals(samples));
    }
  } finally {
    await exporter.stop();
    random.mock.restore();
  }
  return { byDefault: recorder.series(), withTotals: totalsRecorder.series() };
}

/** An exporter that can be stopped and started again. */
class StageExporter {
  readonly #api: SimulatedApi;
  readonly #clock: StageClock;
  #running: TestExporter | undefined;

  constructor(api: SimulatedApi, clock: StageClock) {
    this.#api = api;
    this.#clock = clock;
  }

  start(): void {
    this.#running = startExporter({
      api: this.#api,
      clock: this.#clock,
      background: true,
      flags: FLAGS,
    });
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
