import { Agent, get } from "node:http";
import { gunzipSync } from "node:zlib";
import { BUNDLE_FLAGS, SOURCE_FLAGS } from "../run_flags.ts";

/** A program to measure. */
export interface Subject {
  readonly name: string;
  /** The command line; programs without a port in their arguments read the environment. */
  command(port: number): readonly string[];
}

/** A started program that listens. */
export interface Started extends AsyncDisposable {
  readonly child: Child;
  readonly port: number;
  /** From its start until it accepted a connection, in milliseconds. */
  readonly startTime: number;
}

const DENO_FLAGS = ["run", "--no-prompt", "--no-config", "--no-lock", "--no-check"];
const HELLO = "Deno.serve({ port: Number(Deno.args[0]), hostname: '127.0.0.1' }, " +
  "() => new Response('Hello'));";

/** The cost of a server that does nothing. */
export async function helloWorld(directory: string): Promise<Subject> {
  const path = `${directory}/hello.js`;
  await Deno.writeTextFile(path, HELLO);
  return {
    name: "hello world",
    command: (port) => [Deno.execPath(), ...DENO_FLAGS, "--allow-net", path, String(port)],
  };
}

/** Writes the exporter into one file, as releases hold it, and gives its path. */
export async function bundle(directory: string): Promise<string> {
  const path = `${directory}/spacelift-promex.js`;
  const args = ["bundle", "--quiet", "--frozen", "--minify", "-o", path, "main.ts"];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (code !== 0) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr)}`);
  return path;
}

/** The bundled exporter. */
export function bundled(path: string, ...flags: string[]): Subject {
  return {
    name: "bundled",
    command: () => [Deno.execPath(), ...DENO_FLAGS, ...BUNDLE_FLAGS, path, "serve", ...flags],
  };
}

/** The exporter as `deno task start` runs it. */
export const fromSource: Subject = {
  name: "from source",
  command: () => [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--frozen",
    ...SOURCE_FLAGS,
    "main.ts",
    "serve",
  ],
};

/** Another exporter, started by a shell command. */
export function peer(command: string): Subject {
  return { name: "peer", command: () => ["sh", "-c", `exec ${command}`] };
}

/** The same program with no more open files and connections than this. */
export function limited({ name, command }: Subject, openFiles: number): Subject {
  const script = `ulimit -n ${openFiles}; exec "$0" "$@"`;
  return { name, command: (port) => ["sh", "-c", script, ...command(port)] };
}

/** Starts a program for an account and waits until it accepts connections. */
export async function start(subject: Subject, accountUrl: string): Promise<Started> {
  const port = freePort();
  const started = performance.now();
  const child = new Child(subject.command(port), {
    SPACELIFT_PROMEX_API_ENDPOINT: accountUrl,
    SPACELIFT_PROMEX_API_KEY_ID: "demo-key",
    SPACELIFT_PROMEX_API_KEY_SECRET: "demo-secret",
    SPACELIFT_PROMEX_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    SPACELIFT_PROMEX_SCRAPE_TIMEOUT: "60s",
  });
  while (!await accepts(port)) {
    if (performance.now() - started > 30_000) {
      await child[Symbol.asyncDispose]();
      throw new Error(`"${subject.name}" does not listen on port ${port}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const startTime = performance.now() - started;
  return { child, port, startTime, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function accepts(port: number): Promise<boolean> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    return false;
  }
}

/** Linux reports CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** A program under measurement, killed when disposed of. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  /** Starts a program that inherits nothing but PATH and HOME and writes to nowhere. */
  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program = "", ...args] = command;
    this.#process = new Deno.Command(program, {
      args,
      env: { ...inherited(), ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** CPU time used so far, in seconds. */
  async cpu(): Promise<number> {
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = (await readProcess(this.#process.pid, "stat")).split(")").at(-1)?.split(" ");
    return (Number(fields?.[12]) + Number(fields?.[13])) / TICKS_PER_SECOND;
  }

  /** Resident memory now, in MiB. */
  rss(): Promise<number> {
    return this.#memory("VmRSS");
  }

  /** The most resident memory so far, in MiB. */
  peakRss(): Promise<number> {
    return this.#memory("VmHWM");
  }

  /** How many files and connections it has open. */
  async descriptors(): Promise<number> {
    const { stdout } = await new Deno.Command("ls", { args: [`/proc/${this.#process.pid}/fd`] })
      .output();
    return new TextDecoder().decode(stdout).trim().split("\n").length;
  }

  /** Asks it to end and gives its exit code. */
  async terminate(): Promise<number> {
    this.#process.kill("SIGTERM");
    return (await this.#process.status).code;
  }

  async #memory(field: string): Promise<number> {
    const status = await readProcess(this.#process.pid, "status");
    return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.status;
  }
}

// What Prometheus 3 sends, as far as both formats are concerned.
const HEADERS = {
  "accept": "text/plain;version=0.0.4",
  "accept-encoding": "gzip",
  "x-prometheus-scrape-timeout-seconds": "60",
};

/** Scrapes as Prometheus does, over one connection; resolves with the compressed answer. */
export class ScrapeClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  scrape(): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const options = { port: this.#port, path: "/metrics", headers: HEADERS, agent: this.#agent };
    get(options, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks));
        else reject(new Error(`A scrape was answered with HTTP ${response.statusCode}`));
      });
    }).on("error", reject);
    return promise;
  }

  /** One scrape, as text. */
  async text(): Promise<string> {
    return new TextDecoder().decode(unzip(await this.scrape()));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** The value of a series in an exposition; undefined when it is not there. */
export function valueOf(exposition: string, series: string): number | undefined {
  const line = exposition.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Exporters that do not compress are welcome too. */
function unzip(body: Uint8Array): Uint8Array {
  return body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
}

/** The environment that every measured program needs to be found and to find its cache. */
export function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Deno itself reads files under /proc only when it may do everything. */
async function readProcess(pid: number, file: string): Promise<string> {
  const { code, stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/${file}`] })
    .output();
  if (code !== 0) throw new Error(`Cannot measure process ${pid}: it has ended`);
  return new TextDecoder().decode(stdout);
}
