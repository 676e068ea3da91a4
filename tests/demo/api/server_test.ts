import assert from "node:assert/strict";
import { startDemoServer } from "../../../src/demo/api/server.ts";
import { Simulation } from "../../../src/demo/life/simulation.ts";
import { ask, DOCUMENTS, logIn, post } from "./api_calls.ts";
import { ACCOUNT } from "./sample_account.ts";

const STACKS = DOCUMENTS.PrometheusExporter_Stacks;

Deno.test("every document of the exporter is answered with the account's content", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const jwt = await logIn(server);
  const variables = { first: 1, s0: "a" };
  const replies = new Map<string, unknown>();
  for (const [name, document] of Object.entries(DOCUMENTS)) {
    replies.set(name, await ask(server, { document, variables, jwt }));
  }
  assert.deepEqual(Object.fromEntries(replies), {
    PrometheusExporter_PublicWorkerPool: { data: { publicWorkerPool: ACCOUNT.publicWorkerPool } },
    PrometheusExporter_WorkerPools: {
      data: {
        workerPools: [{
          id: "pool",
          name: "Pool",
          pendingRuns: 1,
          busyWorkers: 1,
          schedulableRunsCount: null,
          workers: ACCOUNT.workerPools[0]?.workers,
        }],
      },
    },
    PrometheusExporter_Usage: { data: { usage: ACCOUNT.usage } },
    PrometheusExporter_Aggregates: {
      data: {
        metrics: {
          stacksCountByState: [
            { value: 1, labels: ["A_NEW_STATE"] },
            { value: 1, labels: ["FINISHED"] },
          ],
          resourcesCountByDrift: [
            { value: 1, labels: ["DRIFTED"] },
            { value: 2, labels: ["OK"] },
          ],
          avgStackSizeByResourceCount: [{ value: 1.5, labels: [] }],
          averageRunDuration: [{ value: 30_000_000_000, labels: [] }],
          medianRunDuration: [{ value: 30_000_000_000, labels: [] }],
        },
      },
    },
    PrometheusExporter_Stacks: {
      data: {
        viewer: { id: "demo-key" },
        searchStacks: {
          edges: [{
            node: {
              id: "a",
              name: "a",
              space: "root",
              spaceDetails: { id: "root", name: "Root" },
              labels: [],
              state: "FINISHED",
              stateSetAt: 1_700_000_000,
              lastApplyAt: 1_700_000_000,
              blocked: false,
              isDisabled: false,
              lockedAt: null,
              needsApproval: false,
              isDrifted: true,
              entityCount: 3,
            },
          }],
          pageInfo: { endCursor: btoa("position:1"), hasNextPage: true },
        },
      },
    },
    PrometheusExporter_StackDrift: {
      data: {
        s0: {
          id: "a",
          entities: [{ drifted: 1_700_000_000 }, { drifted: null }, { drifted: null }],
        },
      },
    },
  });
});

Deno.test("a stack in a space that is not listed has no space details", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const document = `{stack(id:"b"){state,spaceDetails{id}}}`;
  const reply = await ask(server, { document, jwt: await logIn(server) });
  assert.deepEqual(reply, { data: { stack: { state: "A_NEW_STATE", spaceDetails: null } } });
});

Deno.test("an unknown stack gives null and an error", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const document = DOCUMENTS.PrometheusExporter_StackDrift;
  const jwt = await logIn(server);
  const reply = await ask(server, { document, variables: { s0: "gone" }, jwt });
  assert.match(JSON.stringify(reply), /"message":"not found".*"data":{"s0":null}/);
});

Deno.test("a document that is not GraphQL gives errors, a body that is none a 400", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  assert.match(JSON.stringify(await ask(server, { document: "{usage" })), /Syntax Error/);
  for (const body of ["", "null", "[]", '{"query":7}', "<html>"]) {
    const response = await fetch(`${server.url}/graphql`, { method: "POST", body });
    await response.body?.cancel();
    assert.equal(response.status, 400, body);
  }
  const elsewhere = await fetch(`${server.url}/other`);
  await elsewhere.body?.cancel();
  assert.equal(elsewhere.status, 404);
});

Deno.test("the account is read again for each request", async () => {
  const simulation = new Simulation({
    stacks: 50,
    workerPools: 2,
    workersPerPool: 2,
    seed: 3,
    startedAt: 1_800_000_000,
  });
  let now = 1_800_000_000;
  await using server = startDemoServer({
    account: () => {
      simulation.advanceTo(now);
      return simulation.account;
    },
  });
  const jwt = await logIn(server);
  const document = DOCUMENTS.PrometheusExporter_Aggregates;
  const before = await ask(server, { document, jwt });
  assert.deepEqual(await ask(server, { document, jwt }), before);
  now += 600;
  assert.notDeepEqual(await ask(server, { document, jwt }), before);
});

Deno.test("20,000 stacks and 5,000 pools can be read in full", async () => {
  const { account } = new Simulation({
    stacks: 20_000,
    workerPools: 5000,
    workersPerPool: 4,
    seed: 1,
    startedAt: 1_800_000_000,
  });
  await using server = startDemoServer({ account: () => account });
  const jwt = await logIn(server);
  const pools = await post(server, { document: DOCUMENTS.PrometheusExporter_WorkerPools, jwt });
  assert.equal((await pools.text()).match(/"pendingRuns"/g)?.length, 5000);
  const seen: unknown[] = [];
  for (let pages = 0; pages < 200; pages++) {
    const after = btoa(`position:${pages * 100}`);
    const reply = await ask(server, { document: STACKS, variables: { first: 100, after }, jwt });
    seen.push(...JSON.stringify(reply).matchAll(/"node":{"id":"([^"]+)"/g).map(([, id]) => id));
  }
  assert.deepEqual(seen, account.stacks.map(({ id }) => id));
});

Deno.test("a client that leaves in the middle of its request does no harm", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const body = new ReadableStream({ start: (controller) => controller.error(new Error("left")) });
  const cut = await server.api.answer(
    new Request(`${server.url}/graphql`, { method: "POST", body }),
  );
  assert.equal(cut.status, 400);
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = "POST /graphql HTTP/1.1\r\nhost: demo\r\ncontent-length: 100\r\n\r\n";
  await connection.write(new TextEncoder().encode(`${head}{`));
  connection.close();
  assert.deepEqual(await ask(server, { document: "{viewer{id}}" }), { data: { viewer: null } });
});

Deno.test("disposal drops connections that wait for the rest of a request", async () => {
  const server = startDemoServer({ account: () => ACCOUNT });
  const { hostname, port } = new URL(server.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode("POST /graphql HTTP/1.1\r\n"));
  await server[Symbol.asyncDispose]();
  assert.equal(await connection.read(new Uint8Array(1)).catch(() => null), null);
  await assert.rejects(post(server, { document: "{viewer{id}}" }), TypeError);
});
