import type { Metrics } from "../metric_names.ts";

/** A rule that keeps the value of an expression under a name of its own. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Recording rules that belong together. */
export interface RecordingGroup {
  readonly name: string;
  readonly rules: readonly RecordingRule[];
}

/** The names of the recorded series that alerts refer to. */
export const RECORDED = {
  failures: "spacelift:collector_failures:increase5m",
  exchangeFailures: "spacelift:token_exchange_failures:increase5m",
  freeWorkers: "spacelift:worker_pool_workers:free",
  used: "spacelift:billing_period_used:seconds",
  projected: "spacelift:billing_period_projected:seconds",
  allowed: "spacelift:billing_period_allowed:seconds",
} as const;

/** Aggregates one exporter's restarts, replicas and moves away. */
export function acrossInstances(expression: string): string {
  return `max without (instance, pod) (${expression})`;
}

/** What the account may use in a billing period, in seconds; the API does not tell. */
export interface Allowance {
  readonly private: number;
  readonly public: number;
}

const UNLIMITED: Allowance = { private: Infinity, public: Infinity };

/** The recording rules. */
export function recordingGroups(
  { select }: Metrics,
  allowance: Allowance = UNLIMITED,
): readonly RecordingGroup[] {
  const pool = (figure: string) => select(`spacelift_worker_pool_${figure}`);
  const stacks = select("spacelift_current_stacks_count_by_state");
  const resources = select("spacelift_current_resources_count_by_drift");
  return [
    {
      name: "spacelift-requests",
      rules: [
        {
          record: RECORDED.failures,
          expr: `increase(${select("spacelift_scrape_collector_failures_total")}[5m])`,
        },
        {
          record: RECORDED.exchangeFailures,
          expr: `increase(${select("spacelift_exporter_token_exchange_failures_total")}[5m])`,
        },
        {
          record: "spacelift:api_requests:rate5m",
          expr: `rate(${select("spacelift_exporter_api_requests_total")}[5m])`,
        },
      ],
    },
    {
      name: "spacelift-account",
      rules: [
        {
          record: RECORDED.freeWorkers,
          expr: `clamp_min(${
            acrossInstances(
              `\n  ${pool("workers")}\n  - ${pool("workers_drained")}\n  - ${
                pool("workers_busy")
              }\n`,
            )
          }, 0)`,
        },
        {
          record: "spacelift:stacks:count_by_state",
          expr: `sum without (space, stack) (${acrossInstances(stacks)})`,
        },
        {
          record: "spacelift:stacks:count_by_space_and_state",
          expr: `sum without (stack) (${acrossInstances(stacks)})`,
        },
        {
          record: "spacelift:resources:count_by_space_and_drift",
          expr: `sum without (stack) (${acrossInstances(resources)})`,
        },
      ],
    },
    billingGroup({ select }, allowance),
  ];
}

function billingGroup({ select }: Pick<Metrics, "select">, allowance: Allowance): RecordingGroup {
  const period = (figure: string) => select(`spacelift_current_billing_period_${figure}`);
  const start = period("start_timestamp_seconds");
  const end = period("end_timestamp_seconds");
  const rulesFor = (kind: keyof Allowance): RecordingRule[] => {
    const used = period(`used_${kind}_seconds`);
    const labels = { kind };
    return [
      { record: RECORDED.allowed, labels, expr: `vector(${number(allowance[kind])})` },
      { record: RECORDED.used, labels, expr: acrossInstances(used) },
      {
        record: RECORDED.projected,
        labels,
        // At least a day: the first hours of a period tell nothing about its end.
        expr: acrossInstances(
          `\n  ${used}\n  * (${end} - ${start})\n  / clamp_min(time() - ${start}, 86400)\n`,
        ),
      },
    ];
  };
  return { name: "spacelift-billing", rules: [...rulesFor("private"), ...rulesFor("public")] };
}

function number(value: number): string {
  return value === Infinity ? "Inf" : String(value);
}
