import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Operation } from "../spacelift/endpoint.ts";

/** Stacks per request; more save little, and the replies with all their resources grow long. */
export const STACKS_PER_REQUEST = 10;

const driftSchema = v.record(
  v.string(),
  v.nullable(v.object({
    entities: v.nullable(v.array(v.object({ drifted: v.nullable(v.number()) }))),
  })),
);

/** Counts the drifted resources of stacks that have any, and remembers the counts between walks. */
export class StackDrift {
  readonly #limit: number;
  readonly #maxAge: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, { drifted: number; countedAt: number }>();
  readonly #askedAt = new Map<string, number>();

  /** `limit` stacks are counted a walk at most; a count is forgotten after `maxAge` milliseconds. */
  constructor(options: { limit: number; maxAge: number; clock: Clock }) {
    this.#limit = options.limit;
    this.#maxAge = options.maxAge;
    this.#clock = options.clock;
  }

  /** The number of drifted resources of a stack; undefined when it is not known. */
  count(id: string): number | undefined {
    return this.#counts.get(id)?.drifted;
  }

  /** Counts for the stacks that are drifted now, those asked for longest ago first. */
  async refresh(
    ids: readonly string[],
    query: <T>(operation: Operation<T>, variables: Record<string, string>) => Promise<T>,
  ): Promise<void> {
    this.#forget(new Set(ids));
    // By the asking, not by the counting: a stack that cannot be counted shall not block the others.
    const askedAt = (id: string) => this.#askedAt.get(id) ?? -Infinity;
    const due = ids.toSorted((a, b) => askedAt(a) - askedAt(b) || 0).slice(0, this.#limit);
    for (let start = 0; start < due.length; start += STACKS_PER_REQUEST) {
      const batch = due.slice(start, start + STACKS_PER_REQUEST);
      const variables = Object.fromEntries(batch.map((id, index) => [`s${index}`, id]));
      const now = this.#clock.monotonic();
      for (const id of batch) this.#askedAt.set(id, now);
      const reply = await query(driftOperation(batch.length), variables);
      for (const [index, id] of batch.entries()) {
        const entities = reply[`s${index}`]?.entities;
        if (!entities) continue;
        const drifted = entities.filter(({ drifted }) => drifted !== null).length;
        this.#counts.set(id, { drifted, countedAt: now });
      }
    }
  }

  #forget(drifted: ReadonlySet<string>): void {
    const oldest = this.#clock.monotonic() - this.#maxAge;
    for (const [id, { countedAt }] of this.#counts) {
      if (!drifted.has(id) || countedAt <= oldest) this.#counts.delete(id);
    }
    for (const id of this.#askedAt.keys()) {
      if (!drifted.has(id)) this.#askedAt.delete(id);
    }
  }
}

function driftOperation(stacks: number): Operation<v.InferOutput<typeof driftSchema>> {
  const aliases = Array.from({ length: stacks }, (_, index) => `s${index}`);
  const parameters = aliases.map((alias) => `$${alias}:ID!`);
  const fields = aliases.map((alias) => `${alias}:stack(id:$${alias}){entities{drifted}}`);
  return {
    name: "PrometheusExporter_StackDrift",
    document: `query PrometheusExporter_StackDrift(${parameters}){${fields}}`,
    data: driftSchema,
  };
}
