/** Why a file cannot be used, in words that follow a colon. */
export class FileProblem extends Error {
  override readonly name = "FileProblem";
}

/** What errors of the file system mean, by their names. */
const READ_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NotFound", "there is no such file"],
  ["IsADirectory", "it is a directory"],
  ["NotSupported", "it is neither a regular file nor a pipe"],
  ["PermissionDenied", "its permissions forbid it"],
  ["NotCapable", "Deno lets no program read it, or was started without --allow-read"],
]);

/** What a file of which nothing is known is expected to have at most, in bytes. */
const SMALL_FILE = 4095;

/**
 * The bytes of a file; throws `FileProblem`, with the cause, when it cannot be read, and
 * `FileTooLarge` when it has more than `limit` bytes: the path may name something without end.
 */
export async function readFile(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  let buffer: Uint8Array<ArrayBuffer>;
  let length = 0;
  try {
    const { isFile, isDirectory, isFifo, size } = await Deno.stat(path);
    // A terminal keeps its reader waiting, and other devices give what is no file.
    if (!isFile && !isDirectory && !isFifo) throw new Deno.errors.NotSupported();
    using file = await Deno.open(path);
    // One byte more than there should be shows the end. Pipes and many others say they have none.
    buffer = new Uint8Array(Math.min(Math.max(size, SMALL_FILE), limit) + 1);
    let count: number | null = 0;
    while (count !== null && length <= limit) {
      if (length === buffer.length) buffer = larger(buffer, limit + 1);
      count = await file.read(buffer.subarray(length));
      length += count ?? 0;
    }
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    throw new FileProblem(READ_PROBLEMS.get(name) ?? "it cannot be opened", { cause });
  }
  if (length > limit) throw new FileTooLarge(`the file is larger than ${limit / 1024} KiB`);
  return buffer.subarray(0, length);
}

function larger(bytes: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(Math.min(2 * bytes.length, limit));
  copy.set(bytes);
  return copy;
}

/** A file that can be read but holds more than is sensible. */
export class FileTooLarge extends Error {
  override readonly name = "FileTooLarge";
}

/** Bytes as text, or undefined when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
