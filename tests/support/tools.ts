/**
 * Whether a program can be run. Tests leave out what needs a missing one, except under `CI=true`,
 * where a program that CI installs must be there.
 */
export async function hasTool(command: string, versionArgument: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: [versionArgument] }).output();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (Deno.env.get("CI") === "true") throw new Error(`CI must install ${command}`);
    return false;
  }
}
