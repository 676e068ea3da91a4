import { run } from "../src/app/run.ts";

/** An exporter for a simulated account, in this process. */
export interface RunningDemo extends AsyncDisposable {
  readonly url: string;
  /** Scrapes, and returns the exposition. */
  scrape(): Promise<string>;
}

/** Runs the command `demo` on a free port; resolves once it serves stacks and runs. */
export async function startDemo(...flags: readonly string[]): Promise<RunningDemo> {
  const listening = Promise.withResolvers<string>();
  let log = "";
  let stop = () => {};
  const ended = run(["demo", "--listen-address=127.0.0.1:0", ...flags], {
    env: () => undefined,
    setEnv: (name, value) => Deno.env.set(name, value),
    variables: () => [],
    stdout: () => {},
    written: () => Promise.resolve(),
    isTerminal: false,
    stderr(line) {
      log += line;
      const [, address] = /"msg":"Listening","address":"([^"]+)"/.exec(line) ?? [];
      if (address !== undefined) listening.resolve(`http://${address}`);
    },
    dropReadPermission: () => Promise.resolve(),
    dropWritePermission: () => Promise.resolve(),
    signals(listener) {
      stop = () => listener("stop");
      return { [Symbol.dispose]: () => {} };
    },
  });
  const early = ended.then(() => Promise.reject(new Error(`The demo ended:\n${log}`)));
  const url = await Promise.race([listening.promise, early]);
  const scrape = async () => await (await fetch(`${url}/metrics`)).text();
  const isComplete = (text: string) =>
    ["spacelift_stack_info", "spacelift_runs_unfinished"].every((name) => text.includes(name));
  while (!isComplete(await scrape())) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    scrape,
    async [Symbol.asyncDispose]() {
      stop();
      await ended;
    },
  };
}
