/** One series of an answer. */
export interface Result {
  readonly metric: Readonly<Record<string, string>>;
}

/** A running Prometheus. */
export interface LivePrometheus extends AsyncDisposable {
  /** Evaluates an expression, at a time in Unix seconds or now; throws if it is wrong. */
  query(expression: string, time?: number): Promise<readonly Result[]>;
  /** The rules that Prometheus could not evaluate, with the reason. */
  brokenRules(): Promise<readonly string[]>;
}

interface QueryReply {
  readonly data?: { readonly result: readonly Result[] };
  readonly error?: string;
}

interface RulesReply {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string }[];
    }[];
  };
}

/** Starts a Prometheus that scrapes targets, by job, and evaluates rules, all every second. */
export async function startLivePrometheus(options: {
  folder: string;
  targets: Readonly<Record<string, string>>;
  ruleFiles: readonly string[];
}): Promise<LivePrometheus> {
  const { folder, targets, ruleFiles } = options;
  const config = {
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(targets).map(([job, address]) => ({
      job_name: job,
      static_configs: [{ targets: [address] }],
    })),
  };
  await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
  const address = `127.0.0.1:${freePort()}`;
  const process = new Deno.Command("prometheus", {
    args: [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://${address}`;
  await ready(url, process);
  return {
    async query(expression, time) {
      const body = new URLSearchParams({ query: expression });
      if (time !== undefined) body.set("time", String(time));
      const reply = await fetch(`${url}/api/v1/query`, { method: "POST", body });
      const { data, error }: QueryReply = await reply.json();
      if (data === undefined) throw new Error(`Cannot evaluate ${expression}: ${error}`);
      return data.result;
    },
    async brokenRules() {
      const reply: RulesReply = await (await fetch(`${url}/api/v1/rules`)).json();
      return reply.data.groups.flatMap(({ rules }) => rules)
        .filter(({ health }) => health !== "ok")
        .map(({ name }) => name);
    },
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
    },
  };
}

async function ready(url: string, process: Deno.ChildProcess): Promise<void> {
  let ended = false;
  process.status.then(() => ended = true);
  for (;;) {
    if (ended) throw new Error("Prometheus does not start");
    const reply = await fetch(`${url}/-/ready`).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
