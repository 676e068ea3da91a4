import { BUNDLE_FLAGS, SOURCE_FLAGS } from "../run_flags.ts";
import { Child } from "./child.ts";

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
