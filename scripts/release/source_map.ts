import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import * as v from "valibot";

const SourceMap = v.object({
  version: v.literal(3),
  sources: v.array(v.string()),
  mappings: v.string(),
});

/** The parts of a source map in version 3 that matter here. */
export type SourceMap = v.InferOutput<typeof SourceMap>;

/** An npm package of which the bundle holds code. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression from the package itself. */
  readonly license: string;
}

/** A file of a package in Deno's cache: its folder, its name and version, and its path in it. */
const CACHED_FILE =
  /^(?<folder>.*\/npm\/[^/]+\/(?<name>(?:@[^/]+\/)?[^/]+)\/(?<version>\d[^/]*))\/(?<file>.+)$/;

const OWN_FILE = /^(?:main\.ts|src\/.+\.ts)$/;

const Manifest = v.object({ license: v.string() });

/** The source map in a text; throws when it is another version. */
export function parseSourceMap(text: string): SourceMap {
  return v.parse(SourceMap, JSON.parse(text));
}

/**
 * The source map of own code alone, for a binary keeps its map in memory. Throws when a source is
 * neither own code nor a package's.
 */
export function keepOwnSources({ version, sources, mappings }: SourceMap): SourceMap {
  const stranger = sources.find((source) => !OWN_FILE.test(source) && !CACHED_FILE.test(source));
  if (stranger !== undefined) {
    throw new Error(`The bundle holds "${stranger}", which is neither own code nor a package's`);
  }
  const own = sources.filter((source) => OWN_FILE.test(source));
  const indices = sources.map((source) => own.indexOf(source));
  const lines = decode(mappings).map((line) =>
    line.map((segment) => moveSegment(segment, indices)).filter(isChange)
  );
  return { version, sources: own, mappings: encode(lines) };
}

/** A segment with the new indices of sources; without a source if none is left. */
function moveSegment(segment: SourceMapSegment, indices: readonly number[]): SourceMapSegment {
  const [column, source = -1, line = 0, sourceColumn = 0] = segment;
  const index = indices[source] ?? -1;
  return index < 0 ? [column] : [column, index, line, sourceColumn];
}

/** Whether a segment adds more than the continued absence of a source. */
function isChange(
  segment: SourceMapSegment,
  at: number,
  line: readonly SourceMapSegment[],
): boolean {
  return segment.length > 1 || (line[at - 1]?.length ?? 1) > 1;
}

/** The packages that files of a bundle come from, sorted by name. */
export async function packagesOf(files: readonly string[]): Promise<BundledPackage[]> {
  const folders = new Map<string, { name: string; version: string }>();
  for (const file of files) {
    const { folder, name, version } = CACHED_FILE.exec(file)?.groups ?? {};
    if (folder !== undefined && name !== undefined && version !== undefined) {
      folders.set(folder, { name, version });
    }
  }
  const packages = [...folders].map(async ([folder, { name, version }]) => {
    const manifest = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
    return { name, version, license: v.parse(Manifest, manifest).license };
  });
  return (await Promise.all(packages)).sort((a, b) => a.name < b.name ? -1 : 1);
}
