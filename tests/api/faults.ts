import type { GraphqlCall } from "../../src/demo/api/graphql_call.ts";

/** Something the simulated API does instead of answering well; the parts combine. */
export interface Fault {
  /** Milliseconds before anything is answered. */
  delayMs?: number;
  /** Never answers; the request ends when the client leaves or the server closes. */
  hang?: boolean;
  /** Answers as if the request's token had just expired, which it then has. */
  expireToken?: boolean;
  /** HTTP status; without a body, errors or an edit beside it the body is empty. */
  status?: number;
  headers?: Record<string, string>;
  /** The body itself instead of a GraphQL reply. */
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Messages of GraphQL errors, in place of the data. */
  errors?: readonly string[];
  /** Keeps the data beside the errors. */
  keepData?: boolean;
  /** Turns the true reply, `{ data, errors? }` as plain JSON, into another. */
  edit?: (reply: unknown) => unknown;
  /** Sends the body in pieces of `bytes`, each `everyMs` after the last. */
  trickle?: { bytes: number; everyMs: number };
  /** Closes the connection after so many bytes of a body announced in full. */
  cutAfter?: number;
}

/** Which calls a fault is for; without `times` it stands until cleared. */
export interface FaultScope {
  times?: number;
  /** Only calls with such variables, e.g. one page of a walk. */
  when?: (variables: Record<string, unknown>) => boolean;
}

interface Rule extends FaultScope {
  operation: string;
  fault: Fault;
}

/** The faults scripted for a simulated API, by operation name; `*` is every operation. */
export class Faults {
  #counted: Rule[] = [];
  #standing: Rule[] = [];

  /** Counted faults happen in the order they were set, before standing ones; of these the last set wins. */
  set(operation: string, fault: Fault, scope: FaultScope = {}): void {
    const rule = { operation, fault, ...scope };
    if (scope.times === undefined) this.#standing.unshift(rule);
    else this.#counted.push(rule);
  }

  /** Forgets the faults of one operation, or all of them. */
  clear(operation?: string): void {
    const stays = (rule: Rule) => operation !== undefined && rule.operation !== operation;
    this.#counted = this.#counted.filter(stays);
    this.#standing = this.#standing.filter(stays);
  }

  /** The fault that this call shall meet; a counted one is used up by it. */
  take(call: GraphqlCall): Fault | undefined {
    const matches = (rule: Rule) =>
      (rule.operation === "*" || rule.operation === call.operation) &&
      rule.times !== 0 && (rule.when?.(call.variables) ?? true);
    const counted = this.#counted.find(matches);
    if (counted?.times !== undefined) {
      counted.times--;
      if (counted.times === 0) this.#counted.splice(this.#counted.indexOf(counted), 1);
      return counted.fault;
    }
    return this.#standing.find(matches)?.fault;
  }
}

/**
 * An edit that puts `value` at a dotted path such as `data.workerPools.0.name`; undefined removes
 * what is there.
 */
export function put(path: string, value: unknown): (reply: unknown) => unknown {
  const keys = path.split(".");
  return (reply) => {
    const last = keys.length - 1;
    const parent = keys.slice(0, last).reduce(child, reply);
    if (!isContainer(parent)) throw new RangeError(`Cannot put a value at "${path}": no such path`);
    Reflect.set(parent, String(keys[last]), value);
    return reply;
  };
}

function child(value: unknown, key: string): unknown {
  return isContainer(value) ? Reflect.get(value, key) : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
