import assert from "node:assert/strict";
import type { Account } from "../../src/demo/api/account.ts";
import { startLiveExporter } from "../examples/live_exporter.ts";
import { eventually } from "../support/eventually.ts";
import { type Prometheus, startPrometheus } from "../support/start_prometheus.ts";
import { startTestServer } from "../support/start_test_server.ts";
import { type PrometheusTools, testWithPrometheus } from "../support/test_with_prometheus.ts";
import { busyAccount } from "./migrating/busy_account.ts";
import { legacyExposition } from "./migrating/legacy_exposition.ts";
import { asPromql, rewritten } from "./migrating/page_promql.ts";
import { pageFlags, pageRows } from "./migrating/page_rows.ts";
import { CHANGED, SAME } from "./migrating/query_forms.ts";
import { outcomeOf, resultOf } from "./migrating/query_result.ts";

/** The flags of each setting that the page speaks of. */
const SETTINGS = {
  byDefault: [],
  withTotals: ["--stacks-totals"],
  withoutVisibleChange: pageFlags(),
} as const;

const FORMS = [...SAME.map((query) => [query, "the same"] as const), ...CHANGED];

const TEXT = { "content-type": "text/plain; version=0.0.4" };

testWithPrometheus("migrating.md is right about each query", async (tools, t) => {
  const account = busyAccount(Math.floor(Date.now() / 1000));
  await using servers = new AsyncDisposableStack();
  const { original, byDefault, withTotals, withoutVisibleChange } = await startServers(
    tools,
    account,
    servers,
  );
  const time = Date.now() / 1000;
  const ask = (server: Prometheus, query: string, withNames = true) =>
    resultOf(server, query, { time, withNames });

  await t.step("each row of its table", async () => {
    const rows = pageRows();
    assert.ok(rows.length > 10, "The table has gone");
    for (const { query, outcome, instead } of rows) {
      const found = outcomeOf(await ask(byDefault, query), await ask(original, query));
      assert.equal(found, outcome, query);
      assert.equal(instead === undefined, outcome === "the same", `${query} needs a remedy`);
      if (instead === undefined) continue;
      const before = await ask(original, query, false);
      assert.ok(before !== undefined && before.length > 0, `${query} gives nothing to compare`);
      assert.deepEqual(await ask(byDefault, instead, false), before, instead);
    }
  });

  await t.step("by default, queries change as they are known to", async () => {
    const found = await Promise.all(FORMS.map(async ([query]) => {
      return [query, outcomeOf(await ask(byDefault, query), await ask(original, query))];
    }));
    assert.deepEqual(found, FORMS);
  });

  await t.step("what the page says how to rewrite gives what it gave", async () => {
    for (const [query] of CHANGED) {
      const before = await ask(original, query, false);
      assert.ok(before !== undefined, `${query} was always an error`);
      assert.deepEqual(await ask(byDefault, rewritten(query), false), before, rewritten(query));
    }
  });

  for (const [name, server] of Object.entries({ withTotals, withoutVisibleChange })) {
    await t.step(`${name}: every query gives the same`, async () => {
      const queries = [...FORMS.map(([query]) => query), ...pageRows().map(({ query }) => query)];
      for (const query of queries) {
        assert.deepEqual(await ask(server, query), await ask(original, query), query);
      }
    });
    await t.step(
      `${name}: only what names the build or any metric gives something else`,
      async () => {
        for (
          const [query, outcome] of [
            ['spacelift_build_info{goversion!=""}', "nothing"],
            ['count({__name__=~"spacelift_.+"})', "something else"],
            [
              'count by (__name__) ({__name__=~"spacelift_public_worker_pool_.+"})',
              "something else",
            ],
            [
              'count by (__name__) ({__name__=~"spacelift_worker_pool_(runs|workers).*"})',
              "something else",
            ],
            ['count by (__name__) ({__name__=~"spacelift_current_.+"})', "the same"],
          ] as const
        ) {
          assert.equal(outcomeOf(await ask(server, query), await ask(original, query)), outcome);
        }
      },
    );
  }
});

/** One Prometheus for Spacelift's exporter, and one for each setting of this one. */
async function startServers(
  tools: PrometheusTools,
  account: Account,
  resources: AsyncDisposableStack,
): Promise<Record<"original" | keyof typeof SETTINGS, Prometheus>> {
  const legacy = resources.use(
    startTestServer(() => new Response(legacyExposition(account), { headers: TEXT })),
  );
  const start = async (target: string) => {
    // The target has the same labels everywhere, so that results can be compared.
    const job = { static_configs: [{ targets: [target], labels: { instance: "exporter" } }] };
    const prometheus = resources.use(
      await startPrometheus(tools, {
        targets: { spacelift: target },
        jobs: { spacelift: job },
      }),
    );
    const seen = asPromql("min(count_over_time(STACKS[1m])) >= 5");
    await eventually(
      async () => (await prometheus.query(seen)).length > 0,
      `${target} is not scraped`,
    );
    return prometheus;
  };
  const exporter = ([...flags]: readonly string[]) =>
    resources.use(startLiveExporter({ account }, { flags })).address;
  const [original, byDefault, withTotals, withoutVisibleChange] = await Promise.all([
    start(`127.0.0.1:${legacy.port}`),
    start(exporter(SETTINGS.byDefault)),
    start(exporter(SETTINGS.withTotals)),
    start(exporter(SETTINGS.withoutVisibleChange)),
  ]);
  return { original, byDefault, withTotals, withoutVisibleChange };
}
