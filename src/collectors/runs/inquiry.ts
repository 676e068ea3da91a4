import type { Clock } from "../../clock.ts";
import { ApiError } from "../../spacelift/api_error.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import { FieldChoice } from "./field_choice.ts";
import { aloneOperation, type FoundRun, inStackOperation, type RunRef } from "./query.ts";

/** Runs per request. */
export const RUNS_PER_REQUEST = 20;

/** Sends an operation; throws `ApiError`. */
export type Query = <T>(
  operation: Operation<T>,
  variables: Record<string, unknown>,
) => Promise<T>;

/** The result of requesting a run. */
export interface Answer {
  readonly ref: RunRef;
  /** Undefined when the API does not find it or fails. */
  readonly found: FoundRun | undefined;
  /** Set if the API failed for this run: whether it found no other run either. */
  readonly inTrouble?: boolean;
}

/** Requests runs by their ids. */
export class Inquiry {
  readonly #inStacks: FieldChoice;
  readonly #alone: FieldChoice;

  constructor(clock: Clock) {
    this.#inStacks = new FieldChoice(clock);
    this.#alone = new FieldChoice(clock);
  }

  /** Sends at most `requests` requests; runs that they do not cover get no answer. */
  async *ask(refs: readonly RunRef[], requests: number, query: Query): AsyncGenerator<Answer> {
    const { inStack = [], alone = [] } = Object.groupBy(
      refs,
      ({ stack }) => stack === "" ? "alone" : "inStack",
    );
    const batches = [...batchesOf(inStack), ...batchesOf(alone)];
    const failed: RunRef[] = [];
    let hasFound = false;
    for (let left = requests; left > 0; left--) {
      const batch = batches.shift();
      if (batch === undefined) break;
      try {
        const answers = await this.#askBatch(batch, query);
        hasFound ||= answers.some(({ found }) => found !== undefined);
        yield* answers;
      } catch (error) {
        if (!isAboutRuns(error)) throw error;
        // One unavailable run makes the whole request fail.
        const half = Math.ceil(batch.length / 2);
        if (batch.length > 1) batches.unshift(batch.slice(0, half), batch.slice(half));
        else failed.push(...batch);
      }
    }
    yield* failed.map((ref) => ({ ref, found: undefined, inTrouble: !hasFound }));
  }

  async #askBatch(batch: readonly RunRef[], query: Query): Promise<Answer[]> {
    const ids = batch.map(({ id }, index) => [`r${index}`, id]);
    if (batch[0]?.stack === "") {
      const reply = await this.#alone.ask((without) =>
        query(aloneOperation(batch.length, without), Object.fromEntries(ids))
      );
      return batch.map((ref, index) => {
        const run = reply[`r${index}`];
        return { ref, found: run ? { run, stack: null } : undefined };
      });
    }
    const stacks = batch.map(({ stack }, index) => [`s${index}`, stack]);
    const reply = await this.#inStacks.ask((without) =>
      query(inStackOperation(batch.length, without), Object.fromEntries([...ids, ...stacks]))
    );
    return batch.map((ref, index) => {
      const stack = reply[`r${index}`];
      return { ref, found: stack?.run ? { run: stack.run, stack } : undefined };
    });
  }
}

function batchesOf(refs: readonly RunRef[]): RunRef[][] {
  return Array.from(
    { length: Math.ceil(refs.length / RUNS_PER_REQUEST) },
    (_, index) => refs.slice(index * RUNS_PER_REQUEST, (index + 1) * RUNS_PER_REQUEST),
  );
}

/** Whether an error may concern a single run, so that the others are worth requesting. */
function isAboutRuns(error: unknown): boolean {
  return error instanceof ApiError &&
    ["graphql", "bad_response", "unsupported"].includes(error.reason);
}
