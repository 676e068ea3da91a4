import * as v from "valibot";

/** A series with its points in time, in Unix seconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** A Prometheus server that scrapes one target every second. */
export interface Prometheus extends AsyncDisposable {
  /** What an expression is now; throws for a wrong one. */
  query(expression: string): Promise<Series[]>;
  /** What an expression was in the last seconds. */
  range(expression: string, seconds: number): Promise<Series[]>;
}

const point = v.pipe(
  v.tuple([v.number(), v.string()]),
  v.transform(([time, text]) => [time, Number(text.replace("Inf", "Infinity"))] as const),
);
const reply = v.object({
  data: v.object({
    result: v.array(v.pipe(
      v.object({
        metric: v.record(v.string(), v.string()),
        value: v.optional(point),
        values: v.optional(v.array(point)),
      }),
      v.transform(({ metric: labels, value, values }): Series => ({
        labels,
        points: values ?? (value === undefined ? [] : [value]),
      })),
    )),
  }),
});

/** Starts Prometheus, which has to be installed; the target is given as `host:port`. */
export async function startPrometheus(
  { target, rules }: { target: string; rules: string },
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [await Deno.realPath(rules)],
    scrape_configs: [{ job_name: "spacelift", static_configs: [{ targets: [target] }] }],
  };
  // JSON is YAML.
  await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
  const address = `127.0.0.1:${freePort()}`;
  const process = new Deno.Command("prometheus", {
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ask = async (path: string, parameters: Record<string, string>) => {
    const body = new URLSearchParams(parameters);
    const response = await fetch(`http://${address}/api/v1/${path}`, { method: "POST", body });
    if (!response.ok) throw new Error(`${await response.text()}: ${parameters["query"]}`);
    return v.parse(reply, await response.json()).data.result;
  };
  return {
    query: (query) => ask("query", { query }),
    range(query, seconds) {
      const now = Date.now() / 1000;
      return ask("query_range", {
        query,
        start: String(now - seconds),
        end: String(now),
        step: "2",
      });
    },
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
