import type { Metrics } from "../metric_names.ts";
import { DATA_SOURCE } from "./panel.ts";

/** The job of a target; part of every query. */
export const JOB = { job: '=~"$job"' } as const;
/** The chosen spaces; matches an empty space, too, unless some are chosen. */
export const SPACE = { space: '=~"$space"' } as const;
/** The chosen worker pools. */
export const POOL = { worker_pool_name: '=~"$worker_pool"' } as const;

/** What the reader can choose; `plain` makes selectors without the choices. */
export function variables(plain: Metrics): unknown[] {
  const job = { job: JOB.job };
  return [
    {
      name: "datasource",
      label: "Data source",
      type: "datasource",
      query: "prometheus",
      regex: "",
      current: {},
      hide: 0,
      includeAll: false,
      multi: false,
      options: [],
      refresh: 1,
      skipUrlSync: false,
    },
    choice({
      name: "job",
      label: "Job",
      of: plain.select("spacelift_build_info"),
      allValue: ".+",
    }),
    choice({ name: "space", label: "Space", of: plain.select("spacelift_stack_info", job) }),
    choice({
      name: "worker_pool",
      label: "Worker pool",
      of: plain.select("spacelift_worker_pool_workers", job),
      labelName: "worker_pool_name",
    }),
  ];
}

/** Any number of the values of a label, or all; by default also series without the label. */
function choice(
  { name, label, of, labelName = name, allValue = ".*" }: {
    name: string;
    label: string;
    of: string;
    labelName?: string;
    allValue?: string;
  },
): Record<string, unknown> {
  const query = `label_values(${of}, ${labelName})`;
  return {
    name,
    label,
    type: "query",
    datasource: DATA_SOURCE,
    definition: query,
    query: { qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    regex: "",
    allValue,
    current: { selected: true, text: ["All"], value: ["$__all"] },
    hide: 0,
    includeAll: true,
    multi: true,
    options: [],
    refresh: 2,
    skipUrlSync: false,
    sort: 1,
  };
}
