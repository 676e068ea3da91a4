import { pathToFileURL } from "node:url";

/** A folder that is removed, with all in it, when it is disposed of. */
export interface TempFolder extends AsyncDisposable {
  /** Ends with a slash. */
  readonly url: URL;
}

/** Makes a new folder with files in it, by their paths. */
export async function tempFolder(files: Readonly<Record<string, string>>): Promise<TempFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  const url = pathToFileURL(`${path}/`);
  for (const [name, content] of Object.entries(files)) {
    await Deno.mkdir(new URL(".", new URL(name, url)), { recursive: true });
    await Deno.writeTextFile(new URL(name, url), content);
  }
  return { url, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
