import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { ASKED_ON_SCRAPES, onlyCollectors, startExporter } from "../support/start_exporter.ts";

// What a scrape costs the account is a promise: a dearer document must show in review.
const GOLDEN = new URL("../golden/documents.json", import.meta.url);

const documents = new Map<string, string>();

for (const collector of ASKED_ON_SCRAPES) {
  Deno.test(`collector ${collector} sends one document, once a scrape`, async () => {
    await using test = startExporter({
      account: saasAccount(),
      flags: onlyCollectors(collector),
    });
    for (let scrape = 1; scrape <= 3; scrape++) {
      const response = await test.get();
      await response.body?.cancel();
    }
    const [exchange, ...sent] = test.demo.requests.list();
    assert.equal(exchange?.operation, "apiKeyUser");
    assert.equal(sent.length, 3);
    for (const { document, operationName, variables } of sent) {
      assert.match(operationName ?? "", /^PrometheusExporter_[A-Z]\w+$/);
      assert.equal(document, sent[0]?.document);
      assert.deepEqual(variables, {});
      documents.set(collector, document);
    }
  });
}

Deno.test("the documents are those recorded", async () => {
  const sent = JSON.stringify(Object.fromEntries(documents), null, 2) + "\n";
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(GOLDEN, sent);
  assert.equal(sent, await Deno.readTextFile(GOLDEN));
});

Deno.test("one scrape of everything sends each document once, with the token once exchanged", async () => {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get();
  await response.body?.cancel();
  const [exchange, ...sent] = test.demo.requests.list();
  assert.equal(exchange?.operation, "apiKeyUser");
  assert.deepEqual(
    sent.map(({ document }) => document).toSorted(),
    [...documents.values()].toSorted(),
  );
});

Deno.test("50 scrapes at once ask each collector once and all get the whole exposition", async () => {
  await using test = startExporter({ account: saasAccount() });
  const responses = await Promise.all(Array.from({ length: 50 }, () => test.get()));
  const texts = new Set(await Promise.all(responses.map((response) => response.text())));
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
  assert.ok([...texts].every((text) => text.includes("spacelift_worker_pool_workers{")));
  const operations = test.demo.requests.list().map(({ operation }) => operation);
  assert.equal(operations.length, 1 + ASKED_ON_SCRAPES.length, operations.join(", "));
  assert.equal(new Set(operations).size, operations.length, operations.join(", "));
});
