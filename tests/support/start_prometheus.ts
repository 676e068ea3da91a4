import * as v from "valibot";
import { eventually } from "./eventually.ts";

/** One series that a query gave. */
export interface FoundSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus server of this machine. */
export interface Prometheus extends AsyncDisposable {
  /** The series that an instant query gives now. */
  query(expression: string): Promise<FoundSeries[]>;
}

const replySchema = v.object({
  status: v.literal("success"),
  data: v.object({
    result: v.array(v.object({
      metric: v.record(v.string(), v.string()),
      value: v.tuple([v.number(), v.string()]),
    })),
  }),
});

/** Starts Prometheus with one job for each target, given as `host:port`; it scrapes every second. */
export async function startPrometheus(
  targets: Readonly<Record<string, string>>,
): Promise<Prometheus> {
  const folder = await Deno.makeTempDir();
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [target] }],
    })),
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
  const stop = async () => {
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await eventually(() => isReady(address), "Prometheus does not start", 30_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    query: (expression) => query(address, expression),
    [Symbol.asyncDispose]: stop,
  };
}

async function query(address: string, expression: string): Promise<FoundSeries[]> {
  const body = new URLSearchParams({ query: expression });
  const response = await fetch(`http://${address}/api/v1/query`, { method: "POST", body });
  const { data } = v.parse(replySchema, await response.json());
  return data.result.map(({ metric, value: [, text] }) => ({
    labels: metric,
    value: Number(text.replace("Inf", "Infinity")),
  }));
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
