/** A file that is removed when it is disposed of. */
export interface TempFile extends AsyncDisposable {
  readonly path: string;
}

/** Writes a new file. */
export async function tempFile(content: string | Uint8Array): Promise<TempFile> {
  const path = await Deno.makeTempFile();
  if (typeof content === "string") await Deno.writeTextFile(path, content);
  else await Deno.writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
