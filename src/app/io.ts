import { UsageError } from "../cli/usage_error.ts";

/** Tells of each signal that asks the process to end; dispose of the result to stop listening. */
export type Signals = (listener: (name: string) => void) => Disposable;

/** What a command needs of the world around it. */
export interface Io {
  readonly env: (name: string) => string | undefined;
  /** Sets a variable that the runtime itself reads. */
  readonly setEnv: (name: string, value: string) => void;
  /** The names of the variables that may be read, where they can be listed. */
  readonly variables: () => readonly string[];
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Resolves when everything is written that was given to stdout, or nobody reads it any more. */
  readonly written: () => Promise<void>;
  /** Whether somebody reads stderr as it is written. */
  readonly isTerminal: boolean;
  readonly signals: Signals;
  /** Gives up reading files for good, once none is left to read. */
  readonly dropReadPermission: () => Promise<void>;
  /** Gives up writing files for good, which hardly a command does. */
  readonly dropWritePermission: () => Promise<void>;
}

/** How many texts may wait for a slow reader; further ones are dropped. */
const MAX_WAITING = 1000;

/**
 * Writes texts in order and in the background: whoever reads a log slowly, or not at all, must not
 * stop the exporter. A reader that is gone is no error.
 */
export class Output {
  readonly #stream: { write(data: Uint8Array): Promise<number> };
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(stream: { write(data: Uint8Array): Promise<number> }) {
    this.#stream = stream;
  }

  write(text: string): void {
    if (this.#waiting === MAX_WAITING) return;
    this.#waiting++;
    const done = () => {
      this.#waiting--;
    };
    this.#last = this.#last.then(() => this.#writeAll(text)).then(done, done);
  }

  /** Resolves when all that was given so far is written or given up. */
  written(): Promise<void> {
    return this.#last;
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
      // What an older list of permissions does not grant counts as not set.
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
      // Only with --ignore-env, or all of --allow-env, does the runtime list any.
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
    // Windows knows no SIGTERM.
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

/** Ends the process when everything is written, or when nobody has read it for a second. */
export async function exitProcess(code: number): Promise<never> {
  const timeout = new Promise((resolve) => setTimeout(resolve, 1000));
  await Promise.race([Promise.all([stdout.written(), stderr.written()]), timeout]);
  Deno.exit(code);
}
