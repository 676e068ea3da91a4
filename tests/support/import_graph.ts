import * as v from "valibot";
import { runTool } from "./run_tool.ts";

/** One import of a source file, of any form: static, dynamic, `export from`, of types. */
export interface Import {
  /** A path relative to the root for a file below it, and for anything else what the file says. */
  readonly target: string;
  /** Whether only types are imported, which leaves nothing at run time. */
  readonly typeOnly: boolean;
}

const Resolved = v.object({ specifier: v.optional(v.string()) });

const Info = v.object({
  modules: v.array(v.object({
    specifier: v.string(),
    error: v.optional(v.string()),
    dependencies: v.optional(
      v.array(v.object({
        specifier: v.string(),
        code: v.optional(Resolved),
        type: v.optional(Resolved),
      })),
      [],
    ),
  })),
});

/**
 * The imports of files, as Deno itself reads them; paths are relative to `root`, as the targets
 * are. Throws for a file that is missing or no TypeScript.
 */
export async function readImportGraph(
  root: URL,
  paths: readonly string[],
): Promise<Map<string, Import[]>> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = paths.map((path) => `import ${JSON.stringify(new URL(path, root).href)};\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const modules = await readModules(entry);
    return new Map(paths.map((path) => {
      const module = modules.get(new URL(path, root).href);
      if (module === undefined || module.error !== undefined) {
        throw new Error(`Cannot read the imports of ${path}: ${module?.error ?? "it is missing"}`);
      }
      return [path, module.dependencies.flatMap((dependency) => importsIn(dependency, root))];
    }));
  } finally {
    await Deno.remove(entry);
  }
}

type Module = v.InferOutput<typeof Info>["modules"][number];

/** Without the configuration nothing is fetched: packages stay the names that files give them. */
async function readModules(entry: string): Promise<Map<string, Module>> {
  const args = ["info", "--json", "--no-config", "--no-lock", entry];
  const { code, stdout, stderr } = await runTool(Deno.execPath(), args);
  if (code !== 0) throw new Error(`deno info failed with code ${code}: ${stderr}`);
  const { modules } = v.parse(Info, JSON.parse(stdout));
  return new Map(modules.map((module) => [module.specifier, module]));
}

/** A package with a file of types of its own is imported twice: its code and that file. */
function importsIn(dependency: Module["dependencies"][number], root: URL): Import[] {
  const { specifier: written, code, type } = dependency;
  const target = ({ specifier }: v.InferOutput<typeof Resolved>) =>
    specifier?.startsWith(root.href) ? specifier.slice(root.href.length) : written;
  return [
    ...code === undefined ? [] : [{ target: target(code), typeOnly: false }],
    ...type === undefined ? [] : [{ target: target(type), typeOnly: true }],
  ];
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
