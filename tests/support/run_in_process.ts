import { run } from "../../src/app/run.ts";

/** How a command line ended that was run in this process. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process; `onStart` gets what Ctrl-C does. */
export async function runInProcess(args: readonly string[], options: {
  env?: Readonly<Record<string, string>>;
  isTerminal?: boolean;
  onStart?: (interrupt: () => void) => void;
} = {}): Promise<Outcome> {
  const { env = {}, isTerminal = false, onStart = () => {} } = options;
  let stdout = "";
  let stderr = "";
  const code = await run(args, {
    env: (name) => env[name],
    setEnv: () => {},
    variables: () => Object.keys(env),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    written: () => Promise.resolve(),
    isTerminal,
    signals(listener) {
      onStart(() => listener("SIGINT"));
      return { [Symbol.dispose]: () => {} };
    },
    dropReadPermission: () => Promise.resolve(),
    dropWritePermission: () => Promise.resolve(),
  });
  return { code, stdout, stderr };
}
