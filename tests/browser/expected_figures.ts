import { type ParsedSample, parseExposition } from "../support/parse_exposition.ts";

/** The figures of a status page, each as its text. */
export interface Figures {
  /** Pool, waiting runs, other figures. */
  readonly pools: string[][];
  /** State, number of stacks. */
  readonly states: string[][];
  /** How many of what need a person, by the title. */
  readonly needs: Record<string, string>;
  /** What the billing period says of its use. */
  readonly billing: string;
}

/** What a status page must show after a scrape that gave this exposition; lists are sorted. */
export function expectedFigures(exposition: string): Figures {
  const families = parseExposition(exposition, "text");
  const samples = (name: string) =>
    families.find((family) => family.name === `spacelift_${name}`)?.samples ?? [];
  const states = Map.groupBy(samples("current_stacks_count_by_state"), stateOf);
  const unconfirmed = new Set([
    ...(states.get("UNCONFIRMED") ?? []).map(stackOf),
    ...samples("stack_needs_approval").filter(({ value }) => value === 1).map(stackOf),
  ]);
  const drifted = samples("stack_drifted").filter(({ value }) => value === 1);
  const pools = [publicPool(samples), ...privatePools(samples)];
  const full = pools.filter(({ free }) => free === 0);
  const used = (name: string) => samples(`current_billing_period_used_${name}`)[0]?.value ?? NaN;
  const needs = {
    "Waiting for a worker": full.reduce((sum, { pending }) => sum + pending, 0),
    "Failed": states.get("FAILED")?.length ?? 0,
    "Unconfirmed": unconfirmed.size,
    "Drifted": drifted.length,
  };
  return {
    pools: pools.map(({ name, busy, free, drained, pending }) => [
      name,
      `${count(pending)} waiting`,
      `${count(busy)} busy, ${count(free)} free${drained === 0 ? "" : `, ${drained} drained`}`,
    ]).sort(),
    states: [...states].map(([state, stacks]) => [state, count(stacks.length)]).sort(),
    needs: Object.fromEntries(
      Object.entries(needs).filter(([, value]) => value > 0).map((
        [name, value],
      ) => [name, count(value)]),
    ),
    billing: `${count(used("public_seconds") / 60)} public minutes, ${
      count(used("private_seconds") / 60)
    } private minutes, ${count(used("seats"))} seats.`,
  };
}

interface Pool {
  readonly name: string;
  readonly busy: number;
  readonly free: number;
  readonly drained: number;
  readonly pending: number;
}

type Samples = (name: string) => readonly ParsedSample[];

function publicPool(samples: Samples): Pool {
  const value = (name: string) => samples(`public_worker_pool_${name}`)[0]?.value ?? NaN;
  const busy = value("workers_busy");
  const free = value("parallelism") - busy;
  return { name: "Public workers", busy, free, drained: 0, pending: value("runs_pending") };
}

function privatePools(samples: Samples): Pool[] {
  return samples("worker_pool_workers").map(({ labels, value: workers }) => {
    const { worker_pool_id: id, worker_pool_name: name = "" } = labels;
    const value = (family: string) =>
      samples(`worker_pool_${family}`).find(({ labels }) => labels["worker_pool_id"] === id)
        ?.value ?? NaN;
    const busy = value("workers_busy");
    const drained = value("workers_drained");
    const free = Math.max(0, workers - busy - drained);
    return { name, busy, free, drained, pending: value("runs_pending") };
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
