import assert from "node:assert/strict";
import { FrozenApi } from "../../../scripts/bench/account.ts";
import { DemoApi } from "../../../src/demo/api/demo_api.ts";
import { DOCUMENTS, EXCHANGE } from "../../demo/api/api_calls.ts";
import { ACCOUNT } from "../../demo/api/sample_account.ts";

const USAGE = DOCUMENTS.PrometheusExporter_Usage;

Deno.test("frozen replies are those of the first time, and still need a good token", async () => {
  let calls = 0;
  const account = () => ({ ...ACCOUNT, usage: { ...ACCOUNT.usage, usedSeats: ++calls } });
  const demo = new DemoApi({ account });
  const api = new FrozenApi(demo);
  const ask = async (query: string, jwt = "", variables = {}) => {
    const headers = { authorization: `Bearer ${jwt}` };
    const body = JSON.stringify({ query, variables });
    const request = new Request("http://demo.invalid/graphql", { method: "POST", headers, body });
    return await (await api.answer(request)).text();
  };
  assert.match(await ask(USAGE), /"message":"unauthorized"/);
  const key = { id: "demo-key", secret: "demo-secret" };
  assert.notEqual(await ask(EXCHANGE, "", key), await ask(EXCHANGE, "", key));
  const [jwt = "", other = ""] = demo.apiKey.tokens;
  const first = await ask(USAGE, jwt);
  const called = calls;
  assert.match(first, new RegExp(`"usedSeats":${called}\\b`));
  assert.equal(await ask(USAGE, jwt), first);
  assert.equal(await ask(USAGE, other), first);
  assert.equal(calls, called);
  assert.match(await ask(USAGE), /"message":"unauthorized"/);
  assert.deepEqual(Object.fromEntries(api.counts), { PrometheusExporter_Usage: 5, apiKeyUser: 2 });
});
