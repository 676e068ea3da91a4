import { type ParsedSample, parseExposition } from "../support/parse_exposition.ts";

/** The figures of a status page, each as its text. */
export interface Figures {
  /** Pool, busy, free, drained, pending. */
  readonly pools: string[][];
  /** State, number of stacks. */
  readonly states: string[][];
  /** The captions that count stacks. */
  readonly counts: string[];
  readonly billing: Record<string, string>;
}

/** What a status page must show after a scrape that gave this exposition; lists are sorted. */
export function expectedFigures(exposition: string): Figures {
  const families = parseExposition(exposition, "text");
  const samples = (name: string) =>
    families.find((family) => family.name === `spacelift_${name}`)?.samples ?? [];
  const states = Map.groupBy(samples("current_stacks_count_by_state"), stateOf);
  const waiting = new Set([
    ...(states.get("UNCONFIRMED") ?? []).map(stackOf),
    ...samples("stack_needs_approval").filter(({ value }) => value === 1).map(stackOf),
  ]);
  const drifted = samples("stack_drifted").filter(({ value }) => value === 1);
  const minutes = (name: string) => `${count((samples(name)[0]?.value ?? NaN) / 60)} min`;
  return {
    pools: [publicPool(samples), ...privatePools(samples)].sort(),
    states: [...states].map(([state, stacks]) => [state, count(stacks.length)]).sort(),
    counts: [
      `Drifted stacks: ${count(drifted.length)}`,
      `Failed stacks: ${count(states.get("FAILED")?.length ?? NaN)}`,
      `Stacks by state: ${count(samples("stack_info").length)}`,
      `Stacks waiting for a person: ${count(waiting.size)}`,
    ],
    billing: {
      "Public workers": minutes("current_billing_period_used_public_seconds"),
      "Private workers": minutes("current_billing_period_used_private_seconds"),
      "Seats": count(samples("current_billing_period_used_seats")[0]?.value ?? NaN),
    },
  };
}

type Samples = (name: string) => readonly ParsedSample[];

function publicPool(samples: Samples): string[] {
  const value = (name: string) => samples(`public_worker_pool_${name}`)[0]?.value ?? NaN;
  const busy = value("workers_busy");
  const free = value("parallelism") - busy;
  return ["Public workers", ...[busy, free, 0, value("runs_pending")].map(count)];
}

function privatePools(samples: Samples): string[][] {
  return samples("worker_pool_workers").map(({ labels, value: workers }) => {
    const { worker_pool_id: id, worker_pool_name: name = "" } = labels;
    const value = (family: string) =>
      samples(`worker_pool_${family}`).find(({ labels }) => labels["worker_pool_id"] === id)
        ?.value ?? NaN;
    const busy = value("workers_busy");
    const drained = value("workers_drained");
    const free = Math.max(0, workers - busy - drained);
    return [name, ...[busy, free, drained, value("runs_pending")].map(count)];
  });
}

function stateOf({ labels }: ParsedSample): string {
  return labels["state"] ?? "";
}

function stackOf({ labels }: ParsedSample): string {
  return labels["stack"] ?? "";
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
