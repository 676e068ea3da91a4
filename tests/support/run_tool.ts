/** What a finished program left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this machine to its end. */
export async function runTool(
  name: string,
  args: readonly string[],
  options: { stdin?: string | Uint8Array<ArrayBuffer>; env?: Record<string, string> } = {},
): Promise<Finished> {
  const { stdin = "", env = {} } = options;
  const command = new Deno.Command(name, {
    args: [...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const process = command.spawn();
  const output = process.output();
  const written = new Response(stdin).body?.pipeTo(process.stdin);
  // A program may end without reading what it was given.
  await written?.catch(() => {});
  const { code, stdout, stderr } = await output;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}
