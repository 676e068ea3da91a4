/** Says why a file cannot be used, phrased to follow a colon. */
export class FileProblem extends Error {
  override readonly name = "FileProblem";
}

/** Explanations of file-system errors, by the error's name. */
const READ_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NotFound", "there is no such file"],
  ["IsADirectory", "it is a directory"],
  ["NotSupported", "it is neither a regular file nor a pipe"],
  ["PermissionDenied", "its permissions forbid it"],
  ["NotCapable", "Deno protects it, or was started without --allow-read"],
]);

/** The smallest first read, in bytes: many files do not report their size. */
const SMALL_FILE = 4095;

/**
 * Reads a file; throws `FileProblem`, with the cause, when it cannot be read, and `FileTooLarge`
 * when it has more than `limit` bytes: the path may name something endless.
 */
export async function readFile(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  let buffer: Uint8Array<ArrayBuffer>;
  let length = 0;
  try {
    const { isFile, isDirectory, isFifo, size } = await Deno.stat(path);
    // Reading a terminal would block, and other devices do not hold a file.
    if (!isFile && !isDirectory && !isFifo) throw new Deno.errors.NotSupported();
    using file = await Deno.open(path);
    // One byte more than expected detects the end. Pipes and many other files report a size of 0.
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

/** The file is larger than the limit. */
export class FileTooLarge extends Error {
  override readonly name = "FileTooLarge";
}

/** Decodes bytes as text; undefined when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
