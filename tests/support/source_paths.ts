/** The TypeScript files below a folder of the repository, as paths from its root, in order. */
export async function sourcePaths(folder: string): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const paths: string[] = [];
  const walk = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`${path}/`, root))) {
      if (isDirectory) await walk(`${path}/${name}`);
      else if (name.endsWith(".ts")) paths.push(`${path}/${name}`);
    }
  };
  await walk(folder);
  return paths.sort();
}
