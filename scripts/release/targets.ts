/** A platform that releases are built for. */
export interface Target {
  /** The operating system and processor as archives name them. */
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "amd64" | "arm64";
  /** The platform as `deno compile --target` names it. */
  readonly triple: string;
}

/** Every platform that releases are built for. */
export const TARGETS: readonly Target[] = [
  { os: "linux", arch: "amd64", triple: "x86_64-unknown-linux-gnu" },
  { os: "linux", arch: "arm64", triple: "aarch64-unknown-linux-gnu" },
  { os: "darwin", arch: "amd64", triple: "x86_64-apple-darwin" },
  { os: "darwin", arch: "arm64", triple: "aarch64-apple-darwin" },
  { os: "windows", arch: "amd64", triple: "x86_64-pc-windows-msvc" },
  { os: "windows", arch: "arm64", triple: "aarch64-pc-windows-msvc" },
];

/** A target in one word, e.g. `linux-amd64`. */
export function targetName({ os, arch }: Target): string {
  return `${os}-${arch}`;
}

/** The target with this name, or the platform of this machine; throws when there is none. */
export function findTarget(name?: string): Target {
  const target = TARGETS.find((target) =>
    name === undefined ? target.triple === Deno.build.target : targetName(target) === name
  );
  if (target !== undefined) return target;
  const known = TARGETS.map(targetName).join(", ");
  throw new Error(`Cannot build for "${name ?? Deno.build.target}": the targets are ${known}`);
}

/** The file name of the exporter on a platform. */
export function binaryName({ os }: Target): string {
  return os === "windows" ? "spacelift-promex.exe" : "spacelift-promex";
}

/** The file name of a platform's archive. */
export function archiveName({ os, arch }: Target, version: string): string {
  return `spacelift-promex_${version}_${os}_${arch}.${os === "windows" ? "zip" : "tar.gz"}`;
}
