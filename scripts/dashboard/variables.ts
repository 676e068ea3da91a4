import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Metrics } from "../metric_names.ts";
import { DATA_SOURCE, type Link } from "./panel.ts";

/** The job of a target; part of every query. */
export const JOB = { job: '=~"$job"' } as const;
/** The chosen spaces; matches an empty space, too, unless some are chosen. */
export const SPACE = { space: '=~"$space"' } as const;
/** The chosen worker pools. */
export const POOL = { worker_pool_id: '=~"$worker_pool"' } as const;

/** Where people open the account, until they write their own address at the dashboard's top. */
const ACCOUNT = "https://myaccount.app.spacelift.io";

/** The stack of a table's row, in Spacelift. */
export const STACK_LINK: Link = {
  title: "Open in Spacelift",
  url: "${account_url}/stack/${__data.fields.ID}",
};

/** The exporter's status page, or one of its lists whole. */
export function statusPage(list?: "failed" | "unconfirmed" | "drifted" | "pools"): Link {
  const query = list === undefined ? "" : `?all=${list}`;
  return { title: "Status page", url: `http://\${exporter}/${query}` };
}

type Variable = DatasourceVariableBuilder | QueryVariableBuilder | TextBoxVariableBuilder;

/** What the reader can choose; `plain` makes selectors without the choices. */
export function variables(plain: Metrics): Variable[] {
  const job = { job: JOB.job };
  return [
    new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
    choice("job", "Job").allValue(".+")
      .query(labelValues(plain.select("spacelift_build_info"), "job")),
    choice("space", "Space").allValue(".*")
      .query(results("space, space_name", plain.select("spacelift_stack_info", job)))
      .regex(nameFor("space", "space_name")),
    choice("worker_pool", "Worker pool").allValue(".*")
      .query(
        results(
          "worker_pool_id, worker_pool_name",
          plain.select("spacelift_worker_pool_workers", job),
        ),
      )
      .regex(nameFor("worker_pool_id", "worker_pool_name")),
    new QueryVariableBuilder("exporter").label("Status page of").datasource(DATA_SOURCE)
      .query(labelValues(plain.select("spacelift_build_info", job), "instance"))
      .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalAsc),
    new TextBoxVariableBuilder("account_url").label("Spacelift").defaultValue(ACCOUNT)
      .current({ selected: true, text: ACCOUNT, value: ACCOUNT })
      .options([{ selected: true, text: ACCOUNT, value: ACCOUNT }]),
  ];
}

/** Any number of values, or all. */
function choice(name: string, label: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name).label(label).datasource(DATA_SOURCE)
    .current({ selected: true, text: ["All"], value: ["$__all"] })
    .includeAll(true).multi(true)
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalAsc);
}

function labelValues(of: string, label: string): Record<string, unknown> {
  return { qryType: 1, query: `label_values(${of}, ${label})`, refId: REF_ID };
}

/** Each set of labels once, for the regular expression to take apart. */
function results(labels: string, of: string): Record<string, unknown> {
  return { qryType: 3, query: `query_result(group by (${labels}) (${of}))`, refId: REF_ID };
}

const REF_ID = "PrometheusVariableQueryEditor-VariableQuery";

/** People see the name and queries get the id; without a name the id is both. Labels are sorted. */
function nameFor(id: string, name: string): string {
  return `/\\{${id}="(?<value>[^"]*)"(?:,\\s*${name}="(?<text>.*)")?\\} /`;
}
