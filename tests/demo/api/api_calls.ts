import assert from "node:assert/strict";

/** The documents that the exporter sends, by operation name. */
export const DOCUMENTS = {
  PrometheusExporter_PublicWorkerPool:
    "query PrometheusExporter_PublicWorkerPool{publicWorkerPool{parallelism,busyWorkers,pendingRuns,schedulableRunsCount}}",
  PrometheusExporter_WorkerPools:
    "query PrometheusExporter_WorkerPools{workerPools{id,name,pendingRuns,busyWorkers,schedulableRunsCount,workers{id,busy,drained}}}",
  PrometheusExporter_Usage:
    "query PrometheusExporter_Usage{usage{billingPeriodStart,billingPeriodEnd,usedPrivateMinutes,usedPublicMinutes,usedSeats}}",
  PrometheusExporter_Aggregates:
    "query PrometheusExporter_Aggregates{metrics{stacksCountByState{value,labels},resourcesCountByDrift{value,labels},avgStackSizeByResourceCount{value,labels},averageRunDuration{value,labels},medianRunDuration{value,labels}}}",
  PrometheusExporter_Stacks:
    "query PrometheusExporter_Stacks($first:Int!,$after:String){viewer{id},searchStacks(input:{first:$first,after:$after}){edges{node{id,name,space,spaceDetails{id,name},labels,state,stateSetAt,lastApplyAt,blocked,isDisabled,lockedAt,needsApproval,isDrifted,entityCount}},pageInfo{endCursor,hasNextPage}}}",
  PrometheusExporter_StackDrift:
    "query PrometheusExporter_StackDrift($s0:ID!){s0:stack(id:$s0){id,entities{drifted}}}",
} as const;

/** The token exchange, which has no name. */
export const EXCHANGE =
  "mutation ($id:ID!$secret:String!){apiKeyUser(id: $id, secret: $secret){jwt,validUntil}}";

/** What a test sends to the simulated API; the operation name is taken from the document. */
export interface Question {
  document: string;
  variables?: Record<string, unknown>;
  jwt?: string;
  signal?: AbortSignal;
}

/** Any simulated API that listens, by its endpoint. */
export interface Api {
  readonly url: string;
}

/** Posts one document and gives the whole response. */
export function post(server: Api, question: Question): Promise<Response> {
  const { document, variables, jwt, signal } = question;
  const operationName = /^query (\w+)/.exec(document)?.[1];
  return fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(jwt === undefined ? {} : { authorization: `Bearer ${jwt}` }),
    },
    body: JSON.stringify({ query: document, variables, operationName }),
    signal: signal ?? null,
  });
}

/** Posts one document and gives the reply's JSON; the HTTP status must be 200. */
export async function ask(server: Api, question: Question): Promise<unknown> {
  const response = await post(server, question);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

/** Exchanges the server's default API key for a token. */
export async function logIn(server: Api): Promise<string> {
  const variables = { id: "demo-key", secret: "demo-secret" };
  const reply = JSON.stringify(await ask(server, { document: EXCHANGE, variables }));
  const [, jwt] = /"jwt":"([^"]+)"/.exec(reply) ?? [];
  assert.ok(jwt !== undefined, `The exchange gave no token: ${reply}`);
  return jwt;
}
