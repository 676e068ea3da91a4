import assert from "node:assert/strict";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { saasAccount } from "../support/accounts.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/parse_exposition.ts";
import { serveAccount } from "../support/serve_account.ts";
import { startPrometheus } from "../support/start_prometheus.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** What the collectors that are asked on scrapes have to say of the account. */
const ACCOUNT_FAMILIES = COLLECTORS.filter(({ schedule }) => schedule === undefined)
  .flatMap(({ families }) => families.map(({ name }) => name));

testWithPrometheus(
  "it scrapes the account's figures in text and in OpenMetrics",
  async (tools) => {
    await using test = serveAccount({
      account: saasAccount(),
      flags: ["--no-collector.stacks"],
    });
    const exporter = await test.program.listening();
    // This Prometheus cannot be told which format to ask for.
    await using text = relay(exporter, { accept: "text/plain;version=0.0.4" });
    await using openmetrics = relay(exporter, {});
    const targets = { text: text.address, openmetrics: openmetrics.address };
    await using prometheus = await startPrometheus(tools, { targets });
    const response = await fetch(`${exporter}/metrics`);
    const families = parseExposition(await response.text(), "text")
      .filter(({ name }) => ACCOUNT_FAMILIES.includes(name));
    const expected = families.flatMap(({ samples }) => samples);
    assert.deepEqual(
      families.map(({ name }) => name).toSorted(),
      ACCOUNT_FAMILIES.toSorted(),
      "not all families of the account are served",
    );
    for (const job of ["text", "openmetrics"] as const) {
      await eventually(
        async () => {
          const [up] = await prometheus.query(`up{job="${job}"}`);
          return up?.value === 1;
        },
        `up is not 1 for ${job}`,
      );
      for (const { name, labels, value } of expected) {
        const selected = Object.entries({ ...labels, job })
          // Prometheus 2 takes the replacement character itself for broken UTF-8.
          .map(([label, value]) =>
            `${label}=${JSON.stringify(value).replaceAll("\ufffd", "\\ufffd")}`
          );
        const found = await prometheus.query(`${name}{${selected.join(",")}}`);
        assert.deepEqual(found.map(({ value }) => value), [value], `${name} in ${job}`);
      }
      const count = `count({job="${job}",__name__=~"${ACCOUNT_FAMILIES.join("|")}"})`;
      const [series] = await prometheus.query(count);
      assert.equal(series?.value, expected.length, `series that are not there, in ${job}`);
    }
    assert.deepEqual([...text.types], [TEXT]);
    // Prometheus 3 asks for UTF-8 names to be left as they are.
    const escaping = tools.major === 3 ? "; escaping=allow-utf-8" : "";
    assert.deepEqual([...openmetrics.types], [OPENMETRICS + escaping]);
    const [seats] = await prometheus.query(
      'spacelift_current_billing_period_used_seats{job="text"}',
    );
    assert.equal(seats?.value, 7);
  },
);

/** Hands requests on with other headers, and notes the types of the answers. */
function relay(exporter: string, changed: Readonly<Record<string, string>>) {
  const types = new Set<string | null>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const headers = { ...Object.fromEntries(request.headers), ...changed };
      const response = await fetch(exporter + pathname, { headers });
      const type = response.headers.get("content-type");
      types.add(type);
      return new Response(await response.arrayBuffer(), {
        status: response.status,
        headers: { "content-type": type ?? "" },
      });
    },
  );
  return {
    types,
    address: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
