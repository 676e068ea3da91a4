import { basename, dirname, join } from "node:path";
import { quote, UsageError } from "../cli/usage_error.ts";

/** What errors of the file system mean, by their names. */
const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NotFound", "there is no such folder"],
  ["NotADirectory", "there is no such folder"],
  ["IsADirectory", "it is a directory"],
  ["PermissionDenied", "its folder's permissions forbid it"],
  ["NotCapable", "Deno was started without --allow-read and --allow-write for its folder"],
]);

const TEMPORARY = ".tmp";

const LEFTOVER = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/** The age in milliseconds at which nobody can be writing a temporary file any more. */
const ABANDONED_AFTER = 60_000;

/**
 * Replaces a file's content at one stroke: whoever reads it finds the old content or the new, whole.
 * It keeps its mode, and stays where a symbolic link leads. Throws `UsageError` naming `--output`.
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
  // In the same folder, for only within a file system does a rename replace at one stroke; hidden and
  // with an ending of its own, so that nobody takes it for what is being written.
  const prefix = `.${basename(target)}.`;
  // A folder that cannot be listed can still be written into.
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

/** Removes what runs that were killed have left; what another run is writing now stays. */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(prefix) || !LEFTOVER.test(name.slice(prefix.length))) continue;
    const path = join(folder, name);
    const { mtime } = await Deno.stat(path).catch(ifMissing({ mtime: null }));
    const age = Date.now() - (mtime?.getTime() ?? Date.now());
    // It may be another user's, and it does no harm.
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
