/** Tells of each signal that asks the process to end; dispose of the result to stop listening. */
export type Signals = (listener: (name: string) => void) => Disposable;

/** What a command needs of the world around it. */
export interface Io {
  readonly env: (name: string) => string | undefined;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly signals: Signals;
  /** Gives up reading files for good, once none is left to read. */
  readonly closeFiles: () => Promise<void>;
}

/** The process's own environment, streams and signals. */
export const processIo: Io = {
  env: (name) => Deno.env.get(name),
  stdout: (text) => write(Deno.stdout, text),
  stderr: (text) => write(Deno.stderr, text),
  closeFiles: async () => {
    await Deno.permissions.revoke({ name: "read" });
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

const encoder = new TextEncoder();

function write(stream: { writeSync(data: Uint8Array): number }, text: string): void {
  try {
    let bytes = encoder.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch {
    // Whoever was to read it is gone; that must not end the exporter.
  }
}
