import * as v from "valibot";
import { eventually } from "./eventually.ts";
import type { PrometheusTools } from "./test_with_prometheus.ts";

/** One series that a query gave. */
export interface FoundSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus server of this machine. */
export interface Prometheus extends AsyncDisposable {
  /** The series that an instant query gives, at a time in Unix seconds or now; throws if it is wrong. */
  query(expression: string, time?: number): Promise<FoundSeries[]>;
  /** The names of the rules that Prometheus could not evaluate. */
  brokenRules(): Promise<string[]>;
}

const seriesSchema = v.pipe(
  v.object({
    metric: v.record(v.string(), v.string()),
    value: v.tuple([v.number(), v.string()]),
  }),
  v.transform(({ metric, value: [, text] }): FoundSeries => ({
    labels: metric,
    value: Number(text.replace("Inf", "Infinity")),
  })),
);
const querySchema = v.object({ data: v.object({ result: v.array(seriesSchema) }) });
const ruleSchema = v.object({ name: v.string(), health: v.string() });
const rulesSchema = v.object({
  data: v.object({ groups: v.array(v.object({ rules: v.array(ruleSchema) })) }),
});

/**
 * Starts Prometheus with one job for each target, given as `host:port`; it scrapes, and evaluates the
 * files of rules, once an interval.
 */
export async function startPrometheus(
  { prometheus }: PrometheusTools,
  options: {
    targets: Readonly<Record<string, string>>;
    ruleFiles?: readonly string[];
    /** Also how long a scrape may take; default one second. */
    interval?: string;
    /** Further settings of a job, such as a password, as Prometheus has them. */
    jobs?: Readonly<Record<string, object>>;
  },
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir({ prefix: "promex-prometheus-" });
  const { interval = "1s" } = options;
  const config = {
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
    },
    rule_files: options.ruleFiles ?? [],
    scrape_configs: Object.entries(options.targets).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [target] }],
      ...options.jobs?.[job_name],
    })),
  };
  // JSON is YAML.
  await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
  const address = `127.0.0.1:${freePort()}`;
  const process = new Deno.Command(prometheus, {
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await eventually(() => isReady(address), "Prometheus does not start");
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async query(expression, time) {
      const body = new URLSearchParams({ query: expression });
      if (time !== undefined) body.set("time", String(time));
      const response = await fetch(`http://${address}/api/v1/query`, { method: "POST", body });
      const reply: unknown = await response.json();
      if (!response.ok) throw new Error(`Cannot evaluate ${expression}: ${JSON.stringify(reply)}`);
      return v.parse(querySchema, reply).data.result;
    },
    async brokenRules() {
      const response = await fetch(`http://${address}/api/v1/rules`);
      const { data } = v.parse(rulesSchema, await response.json());
      return data.groups.flatMap(({ rules }) => rules)
        .filter(({ health }) => health !== "ok")
        .map(({ name }) => name);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function isReady(address: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${address}/-/ready`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
