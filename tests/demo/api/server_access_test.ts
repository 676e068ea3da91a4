import assert from "node:assert/strict";
import { startDemoServer } from "../../../src/demo/api/server.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { ask, DOCUMENTS, EXCHANGE, logIn } from "./api_calls.ts";
import { ACCOUNT } from "./sample_account.ts";

const USAGE = DOCUMENTS.PrometheusExporter_Usage;
const STACKS = DOCUMENTS.PrometheusExporter_Stacks;
const UNAUTHORIZED = /"message":"unauthorized"/;

Deno.test("a wrong id or secret is exchanged for null", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  for (const [id, secret] of [["demo-key", "wrong"], ["wrong", "demo-secret"]]) {
    const reply = await ask(server, { document: EXCHANGE, variables: { id, secret } });
    assert.deepEqual(reply, { data: { apiKeyUser: null } });
  }
});

Deno.test("a token is good until the second it was said to be", async () => {
  const clock = new FakeClock(1_800_000_000_000);
  await using server = startDemoServer({ account: () => ACCOUNT, clock, tokenLifetimeSeconds: 60 });
  const variables = { id: "demo-key", secret: "demo-secret" };
  const exchanged = await ask(server, { document: EXCHANGE, variables });
  assert.match(JSON.stringify(exchanged), /"validUntil":1800000060/);
  const jwt = server.api.apiKey.tokens[0] ?? "";
  clock.stepWall(59_999);
  assert.doesNotMatch(await replyText(USAGE, jwt), UNAUTHORIZED);
  clock.stepWall(1);
  assert.match(await replyText(USAGE, jwt), UNAUTHORIZED);

  async function replyText(document: string, jwt: string): Promise<string> {
    return JSON.stringify(await ask(server, { document, jwt }));
  }
});

Deno.test("without a good token the viewer is null, stacks are empty and the rest is unauthorized", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const revoked = await logIn(server);
  server.api.apiKey.revokeTokens();
  for (const jwt of [undefined, "invented", revoked]) {
    const variables = { first: 10, s0: "a" };
    const usage = await ask(server, { document: USAGE, ...(jwt && { jwt }) });
    assert.match(JSON.stringify(usage), /"message":"unauthorized".*"data":null/);
    assert.deepEqual(await ask(server, { document: STACKS, variables, ...(jwt && { jwt }) }), {
      data: {
        viewer: null,
        searchStacks: { edges: [], pageInfo: { endCursor: null, hasNextPage: false } },
      },
    });
  }
});

Deno.test("a rotated secret leaves tokens alone, a revoked key does not", async () => {
  await using server = startDemoServer({ account: () => ACCOUNT });
  const jwt = await logIn(server);
  server.api.apiKey.setSecret("rotated");
  assert.deepEqual(await ask(server, { document: USAGE, jwt }), { data: { usage: ACCOUNT.usage } });
  await assert.rejects(logIn(server), /gave no token/);
  server.api.apiKey.revoke();
  assert.match(JSON.stringify(await ask(server, { document: USAGE, jwt })), UNAUTHORIZED);
  const variables = { id: "demo-key", secret: "rotated" };
  const refused = await ask(server, { document: EXCHANGE, variables });
  assert.deepEqual(refused, { data: { apiKeyUser: null } });
});
