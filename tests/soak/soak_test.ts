import assert from "node:assert/strict";
import { soak } from "./soak.ts";

Deno.test("an exporter whose API is in trouble for 30 s tells nothing untrue", async () => {
  const { problems, scrapes, troubles } = await soak(30);
  assert.deepEqual(problems, []);
  assert.ok(scrapes.good + scrapes.degraded > 100, `Too few scrapes: ${JSON.stringify(scrapes)}`);
  assert.ok(troubles > 20, `Too little trouble: ${troubles}`);
});
