import assert from "node:assert/strict";
import * as v from "valibot";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";
import { runTool } from "../support/run_tool.ts";
import { knownSeries } from "./known_series.ts";
import { parseManifests } from "./manifests.ts";
import { labelsOf } from "./promql.ts";

const scaledObject = v.looseObject({
  spec: v.looseObject({
    fallback: v.object({
      failureThreshold: v.number(),
      replicas: v.number(),
      behavior: v.literal("currentReplicas"),
    }),
    triggers: v.tuple([v.object({
      type: v.literal("prometheus"),
      // The only one that a fallback works with.
      metricType: v.literal("AverageValue"),
      metadata: v.looseObject({
        query: v.string(),
        threshold: v.literal("1"),
        // Otherwise an empty result would count as no load, and scale the workers away.
        ignoreNullValues: v.literal("false"),
      }),
    })]),
  }),
});

const [manifest] = parseManifests(
  await Deno.readTextFile("examples/kubernetes/scaledobject.yaml"),
);
const [{ metadata: { query } }] = v.parse(scaledObject, manifest).spec.triggers;

/** A pool's figures, and the workers that it needs; absent where nothing may be concluded. */
const POOLS: readonly { figures: Readonly<Record<string, number>>; needs?: number }[] = [
  { figures: { runs_pending: 0, workers: 3, workers_free: 3, workers_drained: 0 }, needs: 0 },
  { figures: { runs_pending: 4, workers: 3, workers_free: 1, workers_drained: 0 }, needs: 6 },
  { figures: { runs_pending: 4, workers: 3, workers_free: 0, workers_drained: 1 }, needs: 6 },
  { figures: { runs_pending: 4, workers: 3, workers_free: 1, workers_drained: 1 }, needs: 5 },
  { figures: { runs_pending: 4, workers: 3, workers_free: 0, workers_drained: 2 }, needs: 5 },
  { figures: { runs_pending: 4, workers: 2, workers_free: 0, workers_drained: 2 }, needs: 4 },
  { figures: { runs_pending: 4, workers: 0, workers_free: 0, workers_drained: 0 }, needs: 4 },
  { figures: { workers: 3, workers_free: 1, workers_drained: 0 } },
  { figures: { runs_pending: 4, workers: 3, workers_drained: 0 } },
  { figures: {} },
];

Deno.test("KEDA: the query asks for series that the exporter has", () => {
  assert.equal(labelsOf(query, knownSeries()).size, 0);
});

testWithPrometheus(
  "KEDA: as many workers as runs, the drained left out",
  async ({ promtool }) => {
    const path = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      const tests = POOLS.map(({ figures, needs }) => ({
        interval: "1m",
        // Two exporters serve the same pool.
        input_series: Object.entries(figures).flatMap(([figure, value]) =>
          ["a", "b"].map((instance) => ({
            series:
              `spacelift_worker_pool_${figure}{worker_pool_id="01POOL",worker_pool_name="gpu",instance="${instance}"}`,
            values: String(value),
          }))
        ),
        promql_expr_test: [{
          expr: query.replaceAll("<worker pool ID>", "01POOL"),
          eval_time: "0s",
          exp_samples: needs === undefined ? [] : [{ labels: "{}", value: needs }],
        }],
      }));
      // JSON is YAML.
      await Deno.writeTextFile(path, JSON.stringify({ evaluation_interval: "1m", tests }));
      const { code, stdout, stderr } = await runTool(promtool, ["test", "rules", path]);
      assert.equal(code, 0, stdout + stderr);
    } finally {
      await Deno.remove(path);
    }
  },
);
