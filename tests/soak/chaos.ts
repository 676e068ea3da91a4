import type { SimulatedApi } from "../api/simulated_api.ts";
import type { Fault } from "../api/faults.ts";
import { MATRIX } from "../faults/matrix.ts";
import { USAGE } from "../faults/fault_row.ts";

const OPERATIONS = [
  "apiKeyUser",
  "PrometheusExporter_PublicWorkerPool",
  "PrometheusExporter_WorkerPools",
  USAGE,
  "PrometheusExporter_Aggregates",
  "PrometheusExporter_Stacks",
];

// Later on the memory that replies of many megabytes take for a moment would hide a leak.
/** For how long from the start such replies are among the troubles, in milliseconds. */
const HEAVY_TIME = 120_000;

interface Trouble {
  readonly name: string;
  readonly isHeavy: boolean;
  /** Undefined for a fault that any operation may meet. */
  readonly operation: string | undefined;
  readonly fault: () => Fault;
}

/** The API, which can be switched off and on again. */
export interface SwitchableApi {
  readonly demo: SimulatedApi;
  stop(): Promise<void>;
  start(): void;
}

/**
 * Lets the API do something from the matrix again and again until the signal aborts; gives how
 * many troubles of how many kinds it made.
 */
export async function makeTrouble(
  api: SwitchableApi,
  options: { secret: string; signal: AbortSignal },
): Promise<{ troubles: number; kinds: number }> {
  const { signal, secret } = options;
  const deck = endlessly([...fromMatrix(), ...OWN]);
  const lightFrom = performance.now() + HEAVY_TIME;
  const seen = new Set<string>();
  let count = 0;
  const happened = (name: string) => {
    seen.add(name);
    count++;
  };
  while (!signal.aborted) {
    const chance = Math.random();
    if (chance < 0.02) {
      happened("outage");
      await api.stop();
      await pause(8000 * Math.random(), signal);
      api.start();
    } else if (chance < 0.06) {
      happened("revoked key");
      api.demo.apiKey.revoke();
      await pause(500 + 1000 * Math.random(), signal);
      api.demo.apiKey.setSecret(secret);
    } else if (chance < 0.1) {
      happened("revoked tokens");
      api.demo.apiKey.revokeTokens();
    } else {
      const { name, isHeavy, operation, fault } = deck.next().value;
      if (isHeavy && performance.now() > lightFrom) continue;
      happened(name);
      const made = fault();
      // A body that is a stream can be sent once.
      const times = made.body instanceof ReadableStream ? 1 : 1 + Math.floor(3 * Math.random());
      api.demo.faults.set(operation ?? oneOf(OPERATIONS), made, { times });
    }
    await pause(250 * Math.random(), signal);
    if (Math.random() < 0.1) {
      api.demo.faults.clear();
      await pause(1000, signal);
    }
  }
  api.demo.faults.clear();
  return { troubles: count, kinds: seen.size };
}

/** Faults that the matrix has too, but for so short that a soak sees how they end. */
const OWN: readonly Trouble[] = [
  anywhere("hangs", () => ({ hang: true })),
  anywhere("slow", () => ({ delayMs: 2000 * Math.random() })),
  anywhere("trickles", () => ({ trickle: { bytes: 10, everyMs: 200 } })),
  anywhere("cut short", () => ({ cutAfter: 10 })),
  anywhere("429 for a second", () => ({ status: 429, headers: { "retry-after": "1" } })),
  anywhere("503 for a second", () => ({ status: 503, headers: { "retry-after": "1" } })),
];

function anywhere(name: string, fault: () => Fault): Trouble {
  return { name, isHeavy: false, operation: undefined, fault };
}

/** Every row that scripts the simulated API and ends in a failure, so that no row makes a new truth. */
function fromMatrix(): Trouble[] {
  return Object.entries(MATRIX).flatMap(([kind, rows]) =>
    rows.flatMap(({ operation = USAGE, fault, scope, outcome, ...row }): Trouble[] => {
      if (fault === undefined || scope !== undefined) return [];
      if (Object.keys(outcome.failed).length === 0) return [];
      const { body, edit, headers } = fault();
      if (headers?.["retry-after"] !== undefined) return [];
      const name = `${kind}: ${row.name}`;
      const isHeavy = body instanceof ReadableStream || (body?.length ?? 0) > 50_000;
      if (edit === undefined) return [{ name, isHeavy, operation: undefined, fault }];
      return [{ name, isHeavy, operation, fault: () => ({ edit: ifPossible(edit) }) }];
    })
  );
}

/** While the key is revoked there is no reply to put anything into. */
function ifPossible(edit: (reply: unknown) => unknown): (reply: unknown) => unknown {
  return (reply) => {
    try {
      return edit(reply);
    } catch {
      return reply;
    }
  };
}

/** All items in random order, then all of them in another, and so on. */
function* endlessly<T>(items: readonly T[]): Generator<T, never> {
  for (;;) {
    const keyed = items.map((item) => ({ item, key: Math.random() }));
    yield* keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
  }
}

function oneOf<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new RangeError("Nothing to choose from");
  return item;
}

/** Waits, but no longer than until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
