import * as v from "valibot";
import { cutLabelValue } from "../../metrics/family.ts";
import type { Operation } from "../../spacelift/endpoint.ts";
import { figure } from "../../spacelift/reply.ts";
import { moment, name, timestamp } from "../collector.ts";
import type { Page } from "../page_walk.ts";
import { refuseLostSession, viewer } from "../viewer.ts";

/** A flag, or null when the API does not know it. */
const flag = v.nullable(v.boolean());

/** A miscount may make it negative; readers correct that. */
const resourceCount = figure("a whole number", (input) => {
  const isWhole = typeof input === "number" && Number.isSafeInteger(input);
  return input === null || isWhole ? input : undefined;
});

// Absent means not requested; every server has the smallest set of fields.
const stackSchema = v.object({
  id: v.string(),
  name,
  space: v.nullable(v.string()),
  spaceDetails: v.nullable(v.object({ name })),
  state: v.string(),
  labels: v.optional(v.nullable(v.array(v.string()))),
  stateSetAt: v.optional(timestamp),
  isDrifted: v.optional(flag),
  entityCount: v.optional(resourceCount),
  lockedAt: v.optional(moment),
  blocked: v.optional(flag),
  isDisabled: v.optional(flag),
  needsApproval: v.optional(flag),
  lastApplyAt: v.optional(timestamp),
});

/** A stack as the API describes it, with the requested fields. */
export type Stack = v.InferOutput<typeof stackSchema>;

const pageSchema = v.object({
  viewer,
  searchStacks: v.object({
    edges: v.array(v.object({ node: stackSchema })),
    pageInfo: v.object({ endCursor: v.nullable(v.string()), hasNextPage: v.boolean() }),
  }),
});
type StacksReply = v.InferOutput<typeof pageSchema>;

const EVERYWHERE = ["id", "name", "space", "spaceDetails{name}", "state"];
const STATE_AND_DRIFT = ["stateSetAt", "isDrifted", "entityCount"];
const DETAILS = ["lockedAt", "blocked", "isDisabled", "needsApproval", "lastApplyAt"];

/** What to request for each stack. */
export interface StackFields {
  readonly labels: boolean;
  readonly details: boolean;
}

/** One page of stacks with every requested field. */
export function stacksOperation({ labels, details }: StackFields): Operation<StacksReply> {
  return pageOperation([
    ...EVERYWHERE,
    ...(labels ? ["labels"] : []),
    ...STATE_AND_DRIFT,
    ...(details ? DETAILS : []),
  ]);
}

/** One page of stacks with only the fields that older servers have. */
export function olderStacksOperation({ labels }: StackFields): Operation<StacksReply> {
  return pageOperation([...EVERYWHERE, ...(labels ? ["labels"] : [])]);
}

/** The page in a reply. */
export function pageOf({ searchStacks: { edges, pageInfo } }: StacksReply): Page<Stack> {
  return { nodes: edges.map(({ node }) => node), ...pageInfo };
}

/** The stack's id as labels carry it: unique, and the same for the stack's whole life. */
export function stackKey({ id }: Stack): string {
  return cutLabelValue(id);
}

function pageOperation(fields: readonly string[]): Operation<StacksReply> {
  return {
    name: "PrometheusExporter_Stacks",
    document:
      `query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{${fields}}},pageInfo{endCursor,hasNextPage}}}`,
    data: pageSchema,
    verify: refuseLostSession,
  };
}
