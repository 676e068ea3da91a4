/** One `import` or `export from` of a source file. */
export interface Import {
  /** What the text between the quotes names, relative paths resolved against the importing file. */
  readonly target: string;
  /** Whether only types are imported, which leaves nothing at run time. */
  readonly typeOnly: boolean;
}

const FROM = /^(?:import|export)\s(type\s)?\s*([^;"]*?)\s*from\s*"([^"]+)"/gm;
const BARE = /^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** The imports of one file; `path` is relative to the repository, as the targets are. */
export function importsOf(path: string, source: string): Import[] {
  const imports: Import[] = [];
  for (const [, type, names = "", target = ""] of source.matchAll(FROM)) {
    const typeOnly = type !== undefined || /^\{(\s*type\s[^,}]*,?)+\s*\}$/.test(names);
    imports.push({ target: resolve(path, target), typeOnly });
  }
  for (const [, bare, dynamic] of source.matchAll(BARE)) {
    imports.push({ target: resolve(path, bare ?? dynamic ?? ""), typeOnly: false });
  }
  return imports;
}

/** One cycle of value imports, from a file back to itself, if there is any. */
export function findCycle(files: ReadonlyMap<string, readonly Import[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): string[] | undefined => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const { target, typeOnly } of files.get(path) ?? []) {
      const cycle = typeOnly ? undefined : visit(target, [...above, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of files.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function resolve(path: string, target: string): string {
  return target.startsWith(".") ? new URL(target, `file:///${path}`).pathname.slice(1) : target;
}
