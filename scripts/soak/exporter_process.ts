import { SOURCE_PERMISSIONS } from "../permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** The exporter as a process of its own. */
export interface ExporterProcess {
  readonly url: string;
  /** The exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** Ends it as an operator would. */
  stop(): void;
}

/** Starts `serve` with these flags; every line of its log goes to `onLine`. */
export async function startExporterProcess(
  flags: readonly string[],
  options: { env: Record<string, string>; onLine: (line: string) => void },
): Promise<ExporterProcess> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--frozen", "--no-prompt", ...SOURCE_PERMISSIONS, "main.ts", "serve", ...flags],
    cwd: ROOT,
    env: options.env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const listening = Promise.withResolvers<string>();
  const read = readLines(process.stderr, (line) => {
    const [, address] = /"msg":"Listening","address":"([^"]+)"/.exec(line) ?? [];
    if (address !== undefined) listening.resolve(`http://${address}`);
    options.onLine(line);
  });
  const ended = Promise.all([process.status, read]).then(([{ code }]) => code);
  const early = ended.then((code) => Promise.reject(new Error(`The exporter ended with ${code}`)));
  return {
    url: await Promise.race([listening.promise, early]),
    ended,
    stop: () => process.kill("SIGTERM"),
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  }
  if (rest !== "") onLine(rest);
}
