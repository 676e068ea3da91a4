import * as v from "valibot";
import type { Clock } from "../../clock.ts";
import { ApiError } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import type { Stack } from "./query.ts";

/** Stacks per request; more save little, and the replies with all their resources grow long. */
export const STACKS_PER_REQUEST = 10;

const driftSchema = v.record(
  v.string(),
  v.nullable(v.object({
    entities: v.nullable(v.array(v.object({ drifted: v.nullable(v.number()) }))),
  })),
);

interface Count {
  readonly drifted: number;
  /** How many resources the stack had when the drifted ones were counted. */
  readonly entityCount: number | null | undefined;
  readonly countedAt: number;
}

type Query = <T>(operation: Operation<T>, variables: Record<string, string>) => Promise<T>;

/** Counts the drifted resources of stacks that have any, and remembers the counts between walks. */
export class StackDrift {
  readonly #limit: number;
  readonly #maxAge: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();
  readonly #askedAt = new Map<string, number>();

  /** `limit` stacks are counted a walk at most; a count is forgotten after `maxAge` milliseconds. */
  constructor(options: { limit: number; maxAge: number; clock: Clock }) {
    this.#limit = options.limit;
    this.#maxAge = options.maxAge;
    this.#clock = options.clock;
  }

  /** The number of drifted resources of a stack; undefined when it is not known, or known no more. */
  count({ id, entityCount }: Stack): number | undefined {
    const count = this.#counts.get(id);
    return count?.entityCount === entityCount ? count?.drifted : undefined;
  }

  /** Counts for stacks that are drifted now, those asked for longest ago first; returns what failed. */
  async refresh(stacks: readonly Stack[], query: Query): Promise<ApiError | undefined> {
    this.#forget(new Set(stacks.map(({ id }) => id)));
    // By the asking, not by the counting: a stack that cannot be counted shall not block the others.
    const askedAt = ({ id }: Stack) => this.#askedAt.get(id) ?? -Infinity;
    const due = stacks.toSorted((a, b) => askedAt(a) - askedAt(b) || 0).slice(0, this.#limit);
    let failure: ApiError | undefined;
    for (let start = 0; start < due.length; start += STACKS_PER_REQUEST) {
      const batch = due.slice(start, start + STACKS_PER_REQUEST);
      const began = this.#clock.monotonic();
      const trouble = await this.#countBatch(batch, query);
      if (trouble === undefined) continue;
      failure = trouble;
      const counted = ({ id }: Stack) => (this.#counts.get(id)?.countedAt ?? -Infinity) >= began;
      // Trouble that spares no stack of a batch is not about stacks either; asking on is of no use.
      if (!isAboutStacks(trouble) || !batch.some(counted)) return trouble;
    }
    return failure;
  }

  /** Counts the stacks of a batch, one by one where some stack makes them fail together. */
  async #countBatch(batch: readonly Stack[], query: Query): Promise<ApiError | undefined> {
    const failure = await this.#ask(batch, query);
    if (failure === undefined || !isAboutStacks(failure) || batch.length === 1) return failure;
    let last: ApiError | undefined;
    for (const stack of batch) {
      last = await this.#ask([stack], query) ?? last;
      if (last !== undefined && !isAboutStacks(last)) break;
    }
    return last;
  }

  async #ask(batch: readonly Stack[], query: Query): Promise<ApiError | undefined> {
    const countedAt = this.#clock.monotonic();
    for (const { id } of batch) this.#askedAt.set(id, countedAt);
    const variables = Object.fromEntries(batch.map(({ id }, index) => [`s${index}`, id]));
    try {
      const reply = await query(driftOperation(batch.length), variables);
      for (const [index, { id, entityCount }] of batch.entries()) {
        const entities = reply[`s${index}`]?.entities;
        if (!entities) continue;
        const drifted = entities.filter(({ drifted }) => drifted !== null).length;
        this.#counts.set(id, { drifted, entityCount, countedAt });
      }
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
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

/** Whether an error may be that of one stack, so that others are worth asking for. */
function isAboutStacks({ reason }: ApiError): boolean {
  return reason === "graphql" || reason === "bad_response";
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
