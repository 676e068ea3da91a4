import assert from "node:assert/strict";
import { saasAccount } from "../support/accounts.ts";
import { startExporter } from "../support/start_exporter.ts";

Deno.test("GET / is a page with the links and no script", async () => {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get({}, "/");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const page = await response.text();
  assert.match(page, /Spacelift Prometheus Exporter/);
  assert.match(page, /href="\/metrics"/);
  assert.doesNotMatch(page, /<script/);
  assert.equal(test.demo.requests.count(), 0, "the page asked the API");
});

for (const path of ["/nothing", "/metrics/", "/Metrics", "/constructor", "/health/metrics"]) {
  Deno.test(`GET ${path} is not found`, async () => {
    await using test = startExporter({ account: saasAccount() });
    const response = await test.get({}, path);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /\/metrics/);
  });
}

for (const path of ["/", "/health", "/livez", "/metrics"]) {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    Deno.test(`${method} ${path} is not allowed, GET and HEAD are`, async () => {
      await using test = startExporter({ account: saasAccount() });
      const response = await test.handler(new Request(`http://a.invalid${path}`, { method }));
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), "GET, HEAD");
      assert.match(await response.text(), /GET, HEAD/);
      assert.equal(test.demo.requests.count(), 0, "the API was asked");
    });
  }
}

Deno.test("a query behind the path changes nothing", async () => {
  await using test = startExporter({ account: saasAccount() });
  const response = await test.get({}, "/metrics?name[]=up");
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^spacelift_up 1$/m);
});
