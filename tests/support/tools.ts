/**
 * Whether a program can be run. Tests leave out what needs a missing one, except under `CI=true`,
 * where a program that CI always installs (`inCi`) must be there.
 */
export async function hasTool(
  command: string,
  versionArgument: string,
  options: { inCi: boolean } = { inCi: true },
): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: [versionArgument] }).output();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (options.inCi && Deno.env.get("CI") === "true") {
      throw new Error(`CI must install ${command}`);
    }
    return false;
  }
}
