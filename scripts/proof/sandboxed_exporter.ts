import * as v from "valibot";
import { runCommand } from "../run_command.ts";

const SANDBOX = "scripts/proof/sandbox.sh";

/** The limits of the sandbox, in addition to those that scripts/proof/sandbox.sh always sets. */
export interface SandboxOptions {
  readonly binary: string;
  /** The memory limit in MiB. */
  readonly memory: number;
  readonly env: Readonly<Record<string, string>>;
  /** Files that can be read in the sandbox, by their paths there. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that can be written into in the sandbox, by their paths there; default: none. */
  readonly folders?: Readonly<Record<string, string>>;
}

const Listening = v.object({ msg: v.literal("Listening"), address: v.string() });

/** What one command of the exporter prints in the sandbox; throws when it fails. */
export function runInSandbox(options: SandboxOptions, args: readonly string[]): Promise<string> {
  return runCommand(SANDBOX, sandboxArguments(options, args));
}

/** An exporter that serves in the sandbox. */
export class SandboxedExporter {
  readonly #process: Deno.ChildProcess;
  readonly address: string;
  /** From starting the sandbox to the exporter's telling that it listens, in milliseconds. */
  readonly startTime: number;

  private constructor(process: Deno.ChildProcess, address: string, startTime: number) {
    this.#process = process;
    this.address = address;
    this.startTime = startTime;
  }

  /** Starts `serve` in the sandbox and waits until it listens. */
  static async start(options: SandboxOptions): Promise<SandboxedExporter> {
    const startedAt = performance.now();
    const process = new Deno.Command(SANDBOX, {
      args: sandboxArguments(options, ["serve"]),
      stderr: "piped",
    }).spawn();
    const [own, rest] = process.stderr.tee();
    rest.pipeTo(new WritableStream()).catch(() => {});
    const address = await listeningAddress(own);
    return new SandboxedExporter(process, address, Math.round(performance.now() - startedAt));
  }

  /** Asks the exporter to end and returns its exit code. */
  async stop(): Promise<number> {
    await runCommand("pkill", ["--signal", "TERM", "--parent", String(this.#process.pid)]);
    return (await this.#process.status).code;
  }
}

async function listeningAddress(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const chunk of stderr.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (const line of text.split("\n").slice(0, -1)) {
      if (!line.startsWith("{")) continue;
      const entry = v.safeParse(Listening, JSON.parse(line));
      if (entry.success) return entry.output.address;
    }
  }
  throw new Error(`The exporter ended before it listened:\n${text}`);
}

function sandboxArguments(options: SandboxOptions, args: readonly string[]): string[] {
  const { binary, memory, env, files, folders = {} } = options;
  return [
    String(memory),
    binary,
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...Object.entries(files).flatMap(([path, source]) => ["--ro-bind", source, path]),
    ...Object.entries(folders).flatMap(([path, source]) => ["--bind", source, path]),
    "--",
    ...args,
  ];
}
