import { inherited } from "./subject.ts";

/** How large a simulated account is. */
export interface AccountSize {
  readonly stacks: number;
  readonly workerPools: number;
  /** 4 unless given. */
  readonly workersPerPool?: number;
  /** How long each answer takes, in milliseconds; 0 unless given. */
  readonly delay?: number;
}

/** A simulated account in a process of its own. */
export class Account implements AsyncDisposable {
  readonly url: string;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  private constructor(
    process: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    url: string,
  ) {
    this.#process = process;
    this.#lines = lines;
    this.#input = process.stdin.getWriter();
    this.url = url;
  }

  /** Starts an account of this size; every reply is made once and then sent from memory. */
  static async start(
    { stacks, workerPools, workersPerPool = 4, delay = 0 }: AccountSize,
  ): Promise<Account> {
    const script = new URL("./frozen_api.ts", import.meta.url).pathname;
    const size = [stacks, workerPools, workersPerPool, delay].map(String);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-net", "--allow-env=NODE_ENV", script, ...size],
      env: inherited(),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    return new Account(process, lines, value.trim());
  }

  /** How often each operation has been requested so far. */
  async requests(): Promise<Map<string, number>> {
    await this.#input.write(new TextEncoder().encode("\n"));
    const { value = "{}" } = await this.#lines.read();
    const counts: unknown = JSON.parse(value);
    if (typeof counts !== "object" || counts === null) return new Map();
    return new Map(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}
