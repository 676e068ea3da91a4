import assert from "node:assert/strict";
import { ask, DOCUMENTS, logIn } from "../demo/api/api_calls.ts";
import { ACCOUNT } from "../demo/api/sample_account.ts";
import { startSimulatedApi } from "./simulated_api.ts";

const USAGE = DOCUMENTS.PrometheusExporter_Usage;
const STACKS = DOCUMENTS.PrometheusExporter_Stacks;

Deno.test("a machine's key is refused the fields it may not read", async () => {
  const refusedToMachines = ["stacks", "searchStacks", "stack"];
  await using server = startSimulatedApi({ account: ACCOUNT, refusedToMachines });
  const jwt = await logIn(server);
  for (const document of [STACKS, DOCUMENTS.PrometheusExporter_StackDrift, "{stacks{id}}"]) {
    const reply = await ask(server, { document, variables: { first: 1, s0: "a" }, jwt });
    assert.match(JSON.stringify(reply), /not available for machine sessions/, document);
  }
  assert.deepEqual(await ask(server, { document: USAGE, jwt }), { data: { usage: ACCOUNT.usage } });
});

Deno.test("an older server does not know the fields it lacks, until it is upgraded", async () => {
  const missingFields = ["Stack.isDrifted", "Stack.entityCount"];
  await using server = startSimulatedApi({ account: ACCOUNT, missingFields });
  const question = { document: STACKS, variables: { first: 1 }, jwt: await logIn(server) };
  const reply = JSON.stringify(await ask(server, question));
  assert.match(reply, /Cannot query field \\"isDrifted\\" on type \\"Stack\\"\./);
  assert.match(reply, /Cannot query field \\"entityCount\\" on type \\"Stack\\"\./);
  server.setMissingFields([]);
  assert.doesNotMatch(JSON.stringify(await ask(server, question)), /errors/);
  assert.throws(() => server.setMissingFields(["Stack.colour"]), /"Stack\.colour": no such field/);
});
