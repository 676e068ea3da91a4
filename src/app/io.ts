import { UsageError } from "../cli/usage_error.ts";

/** Reports each signal that asks the process to end; dispose of the result to stop listening. */
export type Signals = (listener: (name: string) => void) => Disposable;

/** What a command needs from its environment. */
export interface Io {
  readonly env: (name: string) => string | undefined;
  /** Sets an environment variable that the runtime itself reads. */
  readonly setEnv: (name: string, value: string) => void;
  /** The names of the readable environment variables, if they can be listed. */
  readonly variables: () => readonly string[];
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Resolves when everything given to stdout is written or cannot be. */
  readonly written: () => Promise<void>;
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean;
  readonly signals: Signals;
  /** Drops the read permission for good, once all files are read. */
  readonly dropReadPermission: () => Promise<void>;
  /** Drops the write permission for good; few commands write files. */
  readonly dropWritePermission: () => Promise<void>;
}

/** How many texts may be queued for a slow reader; further ones are dropped. */
const MAX_WAITING = 1000;

/**
 * Writes texts in order and in the background: a slow or stalled reader of the log must not stop
 * the exporter. A reader that is gone is not an error.
 */
export class Output {
  readonly #stream: { write(data: Uint8Array): Promise<number> };
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #problem: Error | undefined;

  constructor(stream: { write(data: Uint8Array): Promise<number> }) {
    this.#stream = stream;
  }

  write(text: string): void {
    if (this.#waiting === MAX_WAITING) return;
    this.#waiting++;
    const done = () => {
      this.#waiting--;
    };
    this.#last = this.#last.then(() => this.#writeAll(text)).catch((error) => {
      this.#note(error);
    }).then(done);
  }

  /** Why something could not be written, other than that the reader is gone. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Resolves when everything given so far is written or dropped. */
  written(): Promise<void> {
    return this.#last;
  }

  #note(error: unknown): void {
    if (error instanceof Error && !(error instanceof Deno.errors.BrokenPipe)) {
      this.#problem ??= error;
    }
  }

  async #writeAll(text: string): Promise<void> {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#stream.write(bytes));
  }
}

const stdout = new Output(Deno.stdout);
const stderr = new Output(Deno.stderr);

/** The process's own environment, streams and signals. */
export const processIo: Io = {
  env(name) {
    try {
      return Deno.env.get(name);
    } catch (error) {
      // A variable that an older list of permissions does not grant counts as not set.
      if (error instanceof Deno.errors.NotCapable) return undefined;
      // The runtime's own error repeats the value, which may be a secret.
      throw new UsageError(`Cannot read ${name}: its value is not UTF-8`);
    }
  },
  setEnv(name, value) {
    try {
      Deno.env.set(name, value);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
    }
  },
  variables() {
    try {
      return Object.keys(Deno.env.toObject());
    } catch {
      // The runtime lists variables only with --ignore-env or an unrestricted --allow-env.
      return [];
    }
  },
  stdout: (text) => stdout.write(text),
  stderr: (text) => stderr.write(text),
  written: () => stdout.written(),
  isTerminal: Deno.stderr.isTerminal(),
  dropReadPermission: async () => {
    await Deno.permissions.revoke({ name: "read" });
  },
  dropWritePermission: async () => {
    await Deno.permissions.revoke({ name: "write" });
  },
  signals(listener) {
    // Windows has no SIGTERM.
    const names: Deno.Signal[] = Deno.build.os === "windows"
      ? ["SIGINT", "SIGBREAK"]
      : ["SIGINT", "SIGTERM"];
    const removals = names.map((name) => {
      const onSignal = () => listener(name);
      Deno.addSignalListener(name, onSignal);
      return () => Deno.removeSignalListener(name, onSignal);
    });
    return { [Symbol.dispose]: () => removals.forEach((remove) => remove()) };
  },
};

/**
 * Ends the process when everything is written, or after waiting a second for a stalled reader; an
 * output that is lost, say to a full disk, is no success.
 */
export async function exitProcess(code: number): Promise<never> {
  const timeout = new Promise((resolve) => setTimeout(resolve, 1000));
  await Promise.race([stdout.written(), timeout]);
  if (stdout.problem !== undefined) {
    stderr.write(`Cannot write to standard output: ${stdout.problem.message}\n`);
  }
  await Promise.race([stderr.written(), timeout]);
  Deno.exit(stdout.problem === undefined ? code : code || 1);
}
