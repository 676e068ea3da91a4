import * as v from "valibot";
import type { Operation } from "../../spacelift/endpoint.ts";
import { figure } from "../../spacelift/reply.ts";
import { count } from "../collector.ts";
import { refuseLostSession, viewer } from "../viewer.ts";

// Fields that a server lacks are not requested, and the others may be null.
const wholeNumber = v.optional(count);
const flag = v.optional(figure("true or false", read(v.nullable(v.boolean()))));
const text = v.optional(figure("a text", read(v.nullable(v.string()))));

/** A history with an odd transition still contains the others. */
const history = v.nullable(v.array(v.object({
  state: v.fallback(v.nullable(v.string()), null),
  timestamp: v.fallback(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null),
  terminal: v.fallback(v.nullish(v.boolean()), null),
  stateVersion: v.fallback(v.nullish(v.number()), null),
})));

const runSchema = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  state: text,
  type: text,
  createdAt: wholeNumber,
  finished: flag,
  driftDetection: flag,
  history: v.optional(figure("a list of transitions", read(history))),
});

const stackSchema = v.object({ id: v.string(), space: text });

/** A run as the API describes it, with the requested fields. */
export type RunReply = v.InferOutput<typeof runSchema>;

/** The stack of a run, if the API names it. */
export type StackReply = v.InferOutput<typeof stackSchema>;

/** A run with its stack; modules have runs without one. */
export interface FoundRun {
  readonly run: RunReply;
  readonly stack: StackReply | null;
}

/** Which run to request; an empty stack means none or unknown. */
export interface RunRef {
  readonly id: string;
  readonly stack: string;
}

/** One page of runs, newest first. */
export interface RunsPage {
  readonly runs: readonly FoundRun[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  /** The number of runs on all pages; null when the API does not report it. */
  readonly total: number | null;
}

const pageSchema = v.object({
  viewer,
  searchRuns: v.object({
    edges: v.array(v.object({
      node: v.nullable(v.object({ run: v.nullable(runSchema), stack: v.nullish(stackSchema) })),
    })),
    pageInfo: v.object({ endCursor: v.nullable(v.string()), hasNextPage: v.boolean() }),
    total: wholeNumber,
  }),
});
type PageReply = v.InferOutput<typeof pageSchema>;

const inStackSchema = v.objectWithRest(
  { viewer },
  v.nullable(v.object({ ...stackSchema.entries, run: v.nullable(runSchema) })),
);

const aloneSchema = v.objectWithRest({ viewer }, v.nullable(runSchema));

/** Names of fields that a server may lack. */
export type Without = ReadonlySet<string>;

/** One page of runs with their histories, without the fields named. */
export function pageOperation(without: Without): Operation<PageReply> {
  const total = without.has("total") ? "" : ",total";
  return {
    name: "PrometheusExporter_Runs",
    document:
      `query PrometheusExporter_Runs($first:Int!,$after:String){viewer{id},searchRuns(input:{first:$first,after:$after}){edges{node{run{${
        runFields(without)
      }},stack{${stackFields(without)}}}},pageInfo{endCursor,hasNextPage}${total}}}`,
    data: pageSchema,
    verify: refuseLostSession,
  };
}

/** The page in a reply. */
export function pageOf({ searchRuns: { edges, pageInfo, total } }: PageReply): RunsPage {
  const runs = edges.flatMap(({ node }) =>
    node?.run ? [{ run: node.run, stack: node.stack ?? null }] : []
  );
  return { runs, ...pageInfo, total: total ?? null };
}

/** Requests `count` runs by the ids of their stacks, `$s0` and so on, and their own, `$r0`. */
export function inStackOperation(
  count: number,
  without: Without,
): Operation<v.InferOutput<typeof inStackSchema>> {
  const indices = Array.from({ length: count }, (_, index) => index);
  const parameters = indices.map((index) => `$s${index}:ID!,$r${index}:ID!`);
  const fields = indices.map((index) =>
    `r${index}:stack(id:$s${index}){${stackFields(without)},run(id:$r${index}){${
      runFields(without)
    }}}`
  );
  return {
    name: "PrometheusExporter_RunsById",
    document: `query PrometheusExporter_RunsById(${parameters}){viewer{id},${fields}}`,
    data: inStackSchema,
    verify: refuseLostSession,
  };
}

/** Requests `count` runs by their own ids, `$r0` and so on. */
export function aloneOperation(
  count: number,
  without: Without,
): Operation<v.InferOutput<typeof aloneSchema>> {
  const indices = Array.from({ length: count }, (_, index) => index);
  const parameters = indices.map((index) => `$r${index}:ID!`);
  const fields = indices.map((index) => `r${index}:run(id:$r${index}){${runFields(without)}}`);
  return {
    name: "PrometheusExporter_RunsOfModules",
    document: `query PrometheusExporter_RunsOfModules(${parameters}){viewer{id},${fields}}`,
    data: aloneSchema,
    verify: refuseLostSession,
  };
}

function runFields(without: Without): string {
  const history = ["state", "timestamp", ...only(["terminal", "stateVersion"], without)];
  return [
    "id",
    "state",
    ...only(["type", "createdAt", "finished", "driftDetection"], without),
    ...(without.has("history") ? [] : [`history{${history}}`]),
  ].join(",");
}

function stackFields(without: Without): string {
  return ["id", ...only(["space"], without)].join(",");
}

function only(fields: readonly string[], without: Without): string[] {
  return fields.filter((field) => !without.has(field));
}

/** Returns a function that reads what a schema accepts. */
function read<T>(schema: v.GenericSchema<unknown, T>): (input: unknown) => T | undefined {
  return (input) => {
    const { success, output } = v.safeParse(schema, input);
    return success ? output : undefined;
  };
}
