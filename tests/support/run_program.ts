import { type Clock, systemClock } from "../../src/clock.ts";
import { eventually } from "./eventually.ts";

/** What the exporter may do when it is started as the README says. */
export const LISTED_PERMISSIONS: readonly string[] = [
  "--allow-net",
  "--allow-read",
  "--allow-env=SPACELIFT_PROMEX_*,NO_PROXY,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR,NODE_ENV",
];

/** How the program is started. */
export interface ProgramOptions {
  /** Settings of the environment, without their common prefix. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further variables of the environment. */
  readonly surroundings?: Readonly<Record<string, string>>;
  /** Default: those listed. */
  readonly permissions?: readonly string[];
  /** How many files and connections it may have open at once; default: as many as the test may. */
  readonly openFiles?: number;
  /** After how many milliseconds the program is killed; default 180,000. */
  readonly timeLimit?: number;
  /** Time of the limit. */
  readonly clock?: Clock;
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own, started from source. */
export class Program implements AsyncDisposable {
  /** Resolves when the program has ended; rejects when it had to be killed at its time limit. */
  readonly ended: Promise<Ended>;
  readonly #process: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";
  #isEnded = false;

  constructor(args: readonly string[], options: ProgramOptions = {}) {
    const { env = {}, permissions = LISTED_PERMISSIONS } = options;
    const run = ["run", "--quiet", "--frozen", "--no-prompt", ...permissions, "main.ts", ...args];
    const limited = ["-c", `ulimit -n ${options.openFiles}; exec "$0" "$@"`, Deno.execPath()];
    const isLimited = options.openFiles !== undefined;
    const command = new Deno.Command(isLimited ? "sh" : Deno.execPath(), {
      args: isLimited ? [...limited, ...run] : run,
      cwd: new URL("../../", import.meta.url),
      clearEnv: true,
      env: { ...surroundings(), ...options.surroundings, ...prefixed(env) },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    this.#process = command.spawn();
    const { timeLimit = 180_000, clock = systemClock } = options;
    this.ended = this.#run(timeLimit, clock);
    // Whoever disposes of the program hears of it, whether or not somebody waited for its end.
    this.ended.catch(() => {});
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  /** Resolves once a text was printed; rejects when the program ends without it, or after two minutes. */
  async until(text: string): Promise<void> {
    await eventually(
      () => this.#isEnded || this.output.includes(text),
      () => `The program does not print "${text}": ${this.output}`,
    );
    if (!this.output.includes(text)) {
      throw new Error(`The program ended without "${text}": ${this.output}`);
    }
  }

  /** Resolves with the URL of an exporter that listens. */
  async listening(): Promise<string> {
    await this.until('"msg":"Listening"');
    const [, port] = /"msg":"Listening","address":"[^"]*:(\d+)"/.exec(this.#stderr) ?? [];
    return `http://127.0.0.1:${port}`;
  }

  /** Sends a signal, if the program still runs. */
  kill(signal: Deno.Signal): void {
    if (this.#isEnded) return;
    try {
      this.#process.kill(signal);
    } catch (error) {
      // It has ended by itself, and its output is still being read.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Ends the program at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.ended;
  }

  async #run(timeLimit: number, clock: Clock): Promise<Ended> {
    const { stdout, stderr, status } = this.#process;
    let isTooLate = false;
    const cancel = clock.after(timeLimit, () => {
      isTooLate = true;
      this.kill("SIGKILL");
    });
    const [{ code }] = await Promise.all([
      status,
      this.#read(stdout, (text) => this.#stdout += text),
      this.#read(stderr, (text) => this.#stderr += text),
    ]);
    cancel();
    this.#isEnded = true;
    if (isTooLate) {
      throw new Error(`The program did not end within ${timeLimit} ms: ${this.output}`);
    }
    return { code, stdout: this.#stdout, stderr: this.#stderr };
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    keep: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      keep(text);
    }
  }
}

/** Runs the program to its end. */
export function runProgram(args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  return new Program(args, options).ended;
}

/** The environment without settings of the exporter. */
function surroundings(): Record<string, string> {
  const kept = Object.entries(Deno.env.toObject())
    .filter(([name]) => !name.startsWith("SPACELIFT_PROMEX_"));
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}

function prefixed(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [`SPACELIFT_PROMEX_${name}`, value]),
  );
}
