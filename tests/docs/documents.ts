const ROOT = new URL("../../", import.meta.url);

/** Where the documents are; the runbook is tested with the alerts. */
const PLACES = ["README.md", "CHANGELOG.md", "docs", ".github"];

/** The texts of the documents for people, by their paths from the root of the repository. */
export const DOCUMENTS: ReadonlyMap<string, string> = new Map(
  await Array.fromAsync(documentPaths(PLACES), async (path) => {
    return [path, await Deno.readTextFile(new URL(path, ROOT))] as const;
  }),
);

/** A text without its blocks of code and without what is generated from the source. */
export function proseOf(text: string): string {
  return text
    .replaceAll(/<!-- generated:(.*?) -->[^]*?<!-- \/generated:\1 -->/g, "")
    .replaceAll(/^```[^]*?^```/gm, "");
}

/** Whether there is such a file or folder in the repository. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(new URL(path, ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function* documentPaths(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if (path.endsWith(".md")) yield path;
    if (!(await Deno.stat(new URL(path, ROOT))).isDirectory) continue;
    const entries = await Array.fromAsync(Deno.readDir(new URL(path, ROOT)));
    yield* documentPaths(entries.map(({ name }) => `${path}/${name}`).sort());
  }
}
