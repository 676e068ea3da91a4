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

/** Deno itself reads files under /proc only with all permissions. */
async function readProcess(pid: number, file: string): Promise<string> {
  const { code, stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/${file}`] })
    .output();
  if (code !== 0) throw new Error(`Cannot measure process ${pid}: it has ended`);
  return new TextDecoder().decode(stdout);
}
