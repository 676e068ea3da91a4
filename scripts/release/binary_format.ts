import { Buffer } from "node:buffer";
import { type Target, targetName } from "./targets.ts";

/** For which platform a file is executable. */
export type BinaryFormat = Pick<Target, "os" | "arch">;

const ELF_MAGIC = 0x7f45_4c46;
const MACH_O_MAGIC = 0xcffa_edfe;
const MZ_MAGIC = 0x4d5a;
const PE_MAGIC = 0x5045_0000;

/** Processors as the three formats number them. */
const ARCHES: ReadonlyMap<number, Target["arch"]> = new Map([
  [0x3e, "amd64"],
  [0xb7, "arm64"],
  [0x0100_0007, "amd64"],
  [0x0100_000c, "arm64"],
  [0x8664, "amd64"],
  [0xaa64, "arm64"],
]);

/** The platform that the beginning of an executable file names; undefined for anything else. */
export function binaryFormat(head: Uint8Array): BinaryFormat | undefined {
  if (head.length < 64) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === ELF_MAGIC) return formatOf("linux", view.getUint16(18, true));
  if (view.getUint32(0) === MACH_O_MAGIC) return formatOf("darwin", view.getUint32(4, true));
  if (view.getUint16(0) !== MZ_MAGIC) return undefined;
  const at = view.getUint32(60, true);
  if (at + 6 > head.length || view.getUint32(at) !== PE_MAGIC) return undefined;
  return formatOf("windows", view.getUint16(at + 4, true));
}

function formatOf(os: Target["os"], machine: number): BinaryFormat | undefined {
  const arch = ARCHES.get(machine);
  return arch && { os, arch };
}

/** The platform of an executable file; undefined for anything else. */
export async function binaryFormatOf(path: string): Promise<BinaryFormat | undefined> {
  using file = await Deno.open(path);
  const head = new Uint8Array(4096);
  return binaryFormat(head.subarray(0, await file.read(head) ?? 0));
}

/** Throws unless a file is an executable for the target that holds these bytes. */
export async function checkBinary(
  path: string,
  target: Target,
  payload: Uint8Array,
): Promise<void> {
  const format = await binaryFormatOf(path);
  if (format?.os !== target.os || format.arch !== target.arch) {
    const found = format === undefined ? "no executable" : `for ${format.os}-${format.arch}`;
    throw new Error(`The binary ${path} should be for ${targetName(target)}, but is ${found}`);
  }
  if (!Buffer.from(await Deno.readFile(path)).includes(Buffer.from(payload))) {
    throw new Error(`The binary ${path} does not hold the bundle`);
  }
}
