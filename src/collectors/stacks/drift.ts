import * as v from "valibot";
import type { Clock } from "../../clock.ts";
import { ApiError } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import type { Stack } from "./query.ts";

/**
 * Stacks per request; more would save little and make replies, which list every resource, large.
 */
export const STACKS_PER_REQUEST = 10;

/** The minimum number of walks for which a count that cannot be refreshed is kept. */
const MIN_LIFETIME = 5;

const driftSchema = v.record(
  v.string(),
  v.nullable(v.object({
    entities: v.nullable(v.array(v.object({ drifted: v.nullable(v.number()) }))),
  })),
);

interface Count {
  readonly drifted: number;
  /** The stack's number of resources when the drifted ones were counted. */
  readonly entityCount: number | null | undefined;
  /** The walk that made the count, and when, in milliseconds since the Unix epoch. */
  readonly walk: number;
  readonly countedAt: number;
}

/** When a stack's resources were last requested, whatever the result. */
interface Asked {
  readonly walk: number;
  readonly entityCount: number | null | undefined;
}

/** Sends one request; throws `ApiError`. */
export type DriftQuery = <T>(
  operation: Operation<T>,
  variables: Record<string, string>,
) => Promise<T>;

/** Counts the resources of drifted stacks, and remembers the counts between walks. */
export class StackDrift {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, Count>();
  readonly #asked = new Map<string, Asked>();
  #walk = 0;

  /** At most `limit` stacks are counted per walk. */
  constructor(options: { limit: number; clock: Clock }) {
    this.#limit = options.limit;
    this.#clock = options.clock;
  }

  /** The number of drifted resources of a stack; undefined when unknown or outdated. */
  count(stack: Stack): number | undefined {
    return this.#valid(stack)?.drifted;
  }

  /** When the oldest of these stacks' counts was made, in Unix seconds; null if there is none. */
  oldestCount(stacks: readonly Stack[]): number | null {
    let oldest = Infinity;
    for (const stack of stacks) {
      oldest = Math.min(oldest, this.#valid(stack)?.countedAt ?? Infinity);
    }
    return oldest === Infinity ? null : oldest / 1000;
  }

  /**
   * Counts for the currently drifted stacks, least recently requested first; returns the last
   * failure.
   */
  async refresh(stacks: readonly Stack[], query: DriftQuery): Promise<ApiError | undefined> {
    this.#walk++;
    const failure = await this.#refresh(stacks, query);
    this.#forget(new Set(stacks.map(({ id }) => id)));
    return failure;
  }

  async #refresh(stacks: readonly Stack[], query: DriftQuery): Promise<ApiError | undefined> {
    const lastAsked = ({ id }: Stack) => this.#asked.get(id)?.walk ?? 0;
    const due = stacks
      .toSorted((a, b) => this.#askedIn(a) - this.#askedIn(b) || lastAsked(a) - lastAsked(b))
      .slice(0, this.#limit);
    let failure: ApiError | undefined;
    for (let start = 0; start < due.length; start += STACKS_PER_REQUEST) {
      const batch = due.slice(start, start + STACKS_PER_REQUEST);
      const trouble = await this.#countBatch(batch, query);
      if (trouble === undefined) continue;
      failure = trouble;
      const counted = ({ id }: Stack) => this.#counts.get(id)?.walk === this.#walk;
      // A failure of every stack in a batch is not about individual stacks, so further requests are
      // pointless.
      if (!isAboutStacks(trouble) || !batch.some(counted)) return trouble;
    }
    return failure;
  }

  /**
   * The walk that last requested a stack in its present size, 0 for none. Requests matter rather
   * than results: a stack that cannot be counted must not block the others.
   */
  #askedIn({ id, entityCount }: Stack): number {
    const asked = this.#asked.get(id);
    return asked?.entityCount === entityCount ? asked?.walk ?? 0 : 0;
  }

  /** Counts the stacks of a batch, one by one if some stack makes the whole batch fail. */
  async #countBatch(batch: readonly Stack[], query: DriftQuery): Promise<ApiError | undefined> {
    const failure = await this.#ask(batch, query);
    if (failure === undefined || !isAboutStacks(failure) || batch.length === 1) return failure;
    let last: ApiError | undefined;
    for (const stack of batch) {
      last = await this.#ask([stack], query) ?? last;
      if (last !== undefined && !isAboutStacks(last)) break;
    }
    return last;
  }

  async #ask(batch: readonly Stack[], query: DriftQuery): Promise<ApiError | undefined> {
    const walk = this.#walk;
    const countedAt = this.#clock.wall();
    for (const { id, entityCount } of batch) this.#asked.set(id, { walk, entityCount });
    const variables = Object.fromEntries(batch.map(({ id }, index) => [`s${index}`, id]));
    try {
      const reply = await query(driftOperation(batch.length), variables);
      for (const [index, { id, entityCount }] of batch.entries()) {
        const entities = reply[`s${index}`]?.entities;
        if (!entities) continue;
        const drifted = entities.filter(({ drifted }) => drifted !== null).length;
        this.#counts.set(id, { drifted, entityCount, walk, countedAt });
      }
      return undefined;
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  #valid({ id, entityCount }: Stack): Count | undefined {
    const count = this.#counts.get(id);
    return count?.entityCount === entityCount ? count : undefined;
  }

  /** A count lives for as many walks as it takes to request all drifted stacks twice. */
  #forget(drifted: ReadonlySet<string>): void {
    const walksForAll = this.#limit === 0 ? 0 : Math.ceil(drifted.size / this.#limit);
    const lifetime = Math.max(2 * walksForAll, MIN_LIFETIME);
    for (const [id, { walk }] of this.#counts) {
      if (!drifted.has(id) || this.#walk - walk >= lifetime) this.#counts.delete(id);
    }
    for (const id of this.#asked.keys()) {
      if (!drifted.has(id)) this.#asked.delete(id);
    }
  }
}

/** Whether an error may concern a single stack, so that the others are worth requesting. */
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
