import { Gauge, Registry } from "prom-client";
import { writeExposition } from "../../src/metrics/exposition.ts";
import { family, type FamilySamples, sample } from "../../src/metrics/family.ts";
import { plainBody } from "../../src/metrics/gzip.ts";
import { type Figure, GROWTH, median } from "./report.ts";

const FAMILY = family({
  name: "spacelift_current_stacks_count_by_state",
  help: "The number of stacks grouped by state",
  type: "gauge",
  labels: ["space", "stack", "state"],
});
const WARM_UP_ROUNDS = 5;
const ROUNDS = 25;

/** Measures turning series with three labels into the bytes of an exposition. */
export async function measureWriter(): Promise<Figure[]> {
  const small = await timeWriters(10_000);
  const large = await timeWriters(100_000);
  return [
    {
      what: "Writing 100,000 series, against joining prepared lines",
      measured: large.own,
      against: large.joining,
      limit: 2,
      unit: "ms",
    },
    {
      what: "Writing 100,000 series, prom-client against it",
      measured: large.promClient,
      against: large.own,
      limit: 5,
      unit: "ms",
      atLeast: true,
    },
    {
      what: "Writing: a series of 100,000 against one of 10,000",
      measured: large.own / 100,
      against: small.own / 10,
      limit: GROWTH,
      unit: "us",
    },
  ];
}

/** Milliseconds that three writers need, one after another: none pays for another's heap. */
async function timeWriters(series: number) {
  const samples = makeSamples(series);
  const encoder = new TextEncoder();
  const write = () => plainBody(writeExposition([samples], "text"));
  const own = await time(write);
  const lines = new TextDecoder().decode(write()[0]).split(/(?<=\n)/);
  // The least that any writer needs.
  const joining = await time(() => encoder.encode(lines.join("")));
  const registry = makeRegistry(samples);
  const promClient = await time(async () => encoder.encode(await registry.metrics()));
  return { own, joining, promClient };
}

async function time(work: () => unknown): Promise<number> {
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
