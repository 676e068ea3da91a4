import { Gauge, Registry } from "prom-client";
import { writeExposition } from "../../src/metrics/exposition.ts";
import { family, type FamilySamples, sample } from "../../src/metrics/family.ts";
import { plainBody } from "../../src/metrics/gzip.ts";
import { median } from "./report.ts";

/** Milliseconds to turn series with three labels into the bytes of an exposition. */
export interface WriterFigures {
  readonly series: number;
  readonly own: number;
  /** Joining lines that are written already: the least that any writer needs. */
  readonly joining: number;
  readonly promClient: number;
}

const FAMILY = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: ["space", "stack", "state"],
});
const WARM_UP_ROUNDS = 5;
const ROUNDS = 25;

/** Measures the writer, plain joining and prom-client, one after another: none pays for another's heap. */
export async function measureWriter(series: number): Promise<WriterFigures> {
  const samples = makeSamples(series);
  const encoder = new TextEncoder();
  const write = () => plainBody(writeExposition([samples], "text"));
  const own = await measure(write);
  const lines = new TextDecoder().decode(write()[0]).split(/(?<=\n)/);
  const joining = await measure(() => encoder.encode(lines.join("")));
  const registry = makeRegistry(samples);
  const promClient = await measure(async () => encoder.encode(await registry.metrics()));
  return { series, own, joining, promClient };
}

async function measure(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return median(times.slice(WARM_UP_ROUNDS));
}

function makeSamples(series: number): FamilySamples {
  const samples = Array.from(
    { length: series },
    (_, index) =>
      sample(
        FAMILY,
        index % 7,
        `space-${index % 13}`,
        `application-network-prod-${index}`,
        "FINISHED",
      ),
  );
  return { family: FAMILY, samples };
}

function makeRegistry({ samples }: FamilySamples): Registry {
  const registry = new Registry();
  const gauge = new Gauge({
    name: FAMILY.name,
    help: FAMILY.help,
    labelNames: [...FAMILY.labels],
    registers: [registry],
  });
  for (const { value, labelValues: [space = "", stack = "", state = ""] } of samples) {
    gauge.set({ space, stack, state }, value);
  }
  return registry;
}
