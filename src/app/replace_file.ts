import { basename, dirname, join } from "node:path";
import { quote, UsageError } from "../cli/usage_error.ts";

/** Explanations of file-system errors, by the error's name. */
const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NotFound", "there is no such folder"],
  ["NotADirectory", "there is no such folder"],
  ["IsADirectory", "it is a directory"],
  ["PermissionDenied", "its folder's permissions forbid it"],
  ["NotCapable", "Deno was started without --allow-read and --allow-write for its folder"],
]);

const TEMPORARY = ".tmp";

const LEFTOVER = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/** The age in milliseconds at which a temporary file must have been abandoned. */
const ABANDONED_AFTER = 60_000;

/**
 * Replaces a file's content atomically: readers see either the old content or the new, complete.
 * Keeps the file's mode and follows symbolic links. Throws `UsageError` naming `--output`.
 */
export async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  try {
    const target = await Deno.realPath(path).catch(ifMissing(path));
    const before = await Deno.stat(target).catch(ifMissing(undefined));
    if (before?.isDirectory) throw new Deno.errors.IsADirectory();
    await write(target, parts, before?.mode ?? undefined);
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    const problem = PROBLEMS.get(name) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new UsageError(`Cannot write --output ${quote(path)}: ${problem}`, { cause });
  }
}

async function write(
  target: string,
  parts: readonly Uint8Array[],
  mode: number | undefined,
): Promise<void> {
  // In the same folder because a rename is atomic only within a file system; hidden and with a
  // suffix of its own so that it is not mistaken for the output.
  const prefix = `.${basename(target)}.`;
  // A folder that cannot be listed may still be writable.
  await removeLeftovers(dirname(target), prefix).catch(() => {});
  const temporary = join(dirname(target), `${prefix}${crypto.randomUUID()}${TEMPORARY}`);
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      for (const part of parts) await writeAll(file, part);
      await file.sync();
    }
    if (mode !== undefined && Deno.build.os !== "windows") {
      await Deno.chmod(temporary, mode & 0o777);
    }
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Removes temporary files of runs that were killed, but not one that another run is writing now.
 */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(prefix) || !LEFTOVER.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    const { mtime } = await Deno.stat(path).catch(ifMissing({ mtime: null }));
    const age = Date.now() - (mtime?.getTime() ?? Date.now());
    // It may belong to another user, and it does no harm.
    if (age > ABANDONED_AFTER) await Deno.remove(path).catch(() => {});
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Deno.errors.NotFound) return value;
    throw error;
  };
}
