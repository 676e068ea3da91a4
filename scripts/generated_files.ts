/** The texts of generated files by path. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** The paths of the files that are not as they would be generated. */
export async function findOutdated(
  files: GeneratedFiles,
  read: (path: string) => Promise<string> = Deno.readTextFile,
): Promise<string[]> {
  const outdated: string[] = [];
  for (const [path, text] of files) {
    if (await read(path).catch(() => undefined) !== text) outdated.push(path);
  }
  return outdated;
}

/**
 * Writes generated files, or with `--check` reports which are out of date; returns the exit code.
 */
export async function writeFiles(
  files: GeneratedFiles,
  args: readonly string[],
): Promise<number> {
  if (!args.includes("--check")) {
    for (const [path, text] of files) await Deno.writeTextFile(path, text);
    return 0;
  }
  const outdated = await findOutdated(files);
  for (const path of outdated) {
    const line = `${path} is out of date: run deno task examples\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
  }
  return outdated.length === 0 ? 0 : 1;
}
