/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command runs and what differs in its environment; undefined removes a variable. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command to its end, whatever its exit code; throws when it cannot be started. */
export async function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd = ".", env = {} } = options;
  const variables = Object.entries({ ...Deno.env.toObject(), ...env })
    .flatMap(([name, value]) => value === undefined ? [] : [[name, value]]);
  const output = await new Deno.Command(command, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: Object.fromEntries(variables),
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** What a command wrote to standard output; throws with its messages when it fails. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(command, args, options);
  if (code !== 0) {
    throw new Error(`Command "${command} ${args.join(" ")}" failed with code ${code}:\n${stderr}`);
  }
  return stdout;
}
