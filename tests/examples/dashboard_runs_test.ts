import assert from "node:assert/strict";
import { runTool } from "../support/run_tool.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";
import { panelQueries } from "./dashboard_json.ts";
import { RULE_PATHS } from "./rule_files.ts";

/** What two exporters of one account serve for two hours, a value every minute. */
const SERIES = ["a", "b"].flatMap((instance) => {
  const target = `instance="${instance}",job="spacelift"`;
  const ended = `${target},space="root",type="TRACKED"`;
  // The second exporter has started two minutes later.
  const counter = instance === "a" ? "0+1x120" : "_x1 0+1x118";
  const histogram = (name: string) => [
    [`${name}_bucket{${ended},le="10"}`, "0x120"],
    [`${name}_bucket{${ended},le="30"}`, counter],
    [`${name}_bucket{${ended},le="+Inf"}`, counter],
  ];
  const waiting = [
    `space="root",state="READY",type="TRACKED"`,
    `space="other",state="PENDING_REVIEW",type="PROPOSED"`,
    `space="root",state="PLANNING",type="TRACKED"`,
  ];
  return [
    [`spacelift_stack_info{${target},space="root",space_name="Root",stack="s"}`, "1x120"],
    [
      `spacelift_runs_total{${ended},drift_detection="false",stack="s",state="FAILED"}`,
      counter,
    ],
    ...histogram("spacelift_run_active_seconds"),
    ...histogram("spacelift_run_queue_seconds"),
    ...waiting.map((labels) => [`spacelift_runs_unfinished{${target},${labels}}`, "2x120"]),
    ...waiting.map((labels) => [
      `spacelift_runs_oldest_state_timestamp_seconds{${target},${labels.replace(/,type.*/, "")}}`,
      "3600x120",
    ]),
  ].map(([series, values]) => ({ series, values }));
});

const WAITING = [
  '{job="spacelift",space="other",state="PENDING_REVIEW"}',
  '{job="spacelift",space="root",space_name="Root",state="READY"}',
];

/** What each panel of runs shows of that, query by query. */
const SHOWN: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  "Runs that ended, by outcome": [{ '{state="FAILED",type="TRACKED"}': 60 }],
  "Time at work": [{ '{le="10"}': 0, '{le="30"}': 4, '{le="+Inf"}': 4 }],
  "Time in the queue by space": [{ '{space="root"}': 29 }],
  "What waits longest": [
    Object.fromEntries(WAITING.map((labels) => [labels, 3600])),
    Object.fromEntries(WAITING.map((labels) => [labels, 2])),
  ],
};

for (const [name, rule_files] of [["with", RULE_PATHS], ["without", []]] as const) {
  testWithPrometheus(
    `dashboard: two exporters show the runs of an account once, ${name} the rules`,
    async ({ promtool }) => {
      const tests = Object.entries(SHOWN).map(([title, values]) => {
        const queries = panelQueries().filter(({ panel }) => panel.title === title);
        assert.equal(queries.length, values.length, title);
        return {
          name: title,
          interval: "1m",
          input_series: SERIES,
          promql_expr_test: queries.map(({ target: { expr } }, index) => ({
            // Quotients are not exact.
            expr: `round(${fillIn(expr)})`,
            eval_time: "2h",
            exp_samples: Object.entries(values[index] ?? {})
              .map(([labels, value]) => ({ labels, value })),
          })),
        };
      });
      const path = await Deno.makeTempFile({ suffix: ".yaml" });
      try {
        // JSON is YAML.
        const file = { rule_files, evaluation_interval: "1m", tests };
        await Deno.writeTextFile(path, JSON.stringify(file));
        const { code, stdout, stderr } = await runTool(promtool, ["test", "rules", path]);
        assert.equal(code, 0, stdout + stderr);
      } finally {
        await Deno.remove(path);
      }
    },
  );
}

function fillIn(expression: string): string {
  return expression.replaceAll("$job", ".+").replaceAll("$space", ".*")
    .replaceAll("$__rate_interval", "4m");
}
