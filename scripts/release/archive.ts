import { gzipSync, zipSync } from "fflate";
import { packTar } from "modern-tar";

/** A file of an archive. */
export interface ArchiveFile {
  readonly name: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isExecutable: boolean;
}

/** A gzipped tar archive that depends on nothing but its arguments; `time` in Unix seconds. */
export async function packTarGz(
  files: readonly ArchiveFile[],
  time: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const tar = await packTar(
    sorted(files).map((file) => ({
      header: {
        name: file.name,
        size: file.body.length,
        type: "file",
        mode: modeOf(file),
        mtime: new Date(time * 1000),
        uid: 0,
        gid: 0,
      },
      body: file.body,
    })),
  );
  return gzipSync(tar, { level: 6, mtime: 0 });
}

/** A zip archive that depends on nothing but its arguments; `time` in Unix seconds. */
export function packZip(files: readonly ArchiveFile[], time: number): Uint8Array<ArrayBuffer> {
  const mtime = asLocalTime(time);
  const unix = 3;
  return zipSync(
    Object.fromEntries(
      sorted(files).map((file) => [
        file.name,
        [file.body, { level: 6, mtime, os: unix, attrs: modeOf(file) << 16 }],
      ]),
    ),
  );
}

function sorted(files: readonly ArchiveFile[]): ArchiveFile[] {
  return [...files].sort((a, b) => a.name < b.name ? -1 : 1);
}

function modeOf(file: ArchiveFile): number {
  return file.isExecutable ? 0o755 : 0o644;
}

/** Zip archives hold a local time without its zone: it must be UTC wherever this runs. */
function asLocalTime(time: number): Date {
  const utc = new Date(time * 1000);
  return new Date(
    utc.getUTCFullYear(),
    utc.getUTCMonth(),
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
  );
}
