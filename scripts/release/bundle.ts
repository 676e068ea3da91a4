import { cp } from "node:fs/promises";
import type { Revision } from "./revision.ts";
import { runCommand } from "../run_command.ts";
import { type BundledPackage, keepOwnSources, packagesOf, parseSourceMap } from "./source_map.ts";

/** The exporter in one file of JavaScript. */
export interface Bundle {
  readonly path: string;
  readonly packages: readonly BundledPackage[];
}

/**
 * Bundles the exporter into `directory`, the same bytes wherever it is done: what the build
 * is gets written into a copy of the sources, and the source map has nothing of Deno's cache.
 */
export async function bundle(revision: Revision, directory: string): Promise<Bundle> {
  const stage = `${directory}/sources`;
  await copySources(revision, stage);
  const path = `${directory}/spacelift-promex.js`;
  const output = `${stage}/bundle.js`;
  const flags = ["--frozen", "--minify", "--sourcemap=external", "-o", "bundle.js"];
  await runCommand(Deno.execPath(), ["bundle", ...flags, "main.ts"], { cwd: stage });
  const map = parseSourceMap(await Deno.readTextFile(`${output}.map`));
  const packages = await packagesOf(map.sources.map((source) => `${stage}/${source}`));
  const ownMap = JSON.stringify(keepOwnSources(map));
  const code = (await Deno.readTextFile(output)).trimEnd();
  if (code.includes(Deno.cwd())) throw new Error("The bundle names the folder it was built in");
  const url = `data:application/json;base64,${new TextEncoder().encode(ownMap).toBase64()}`;
  await Deno.writeTextFile(path, `${code}\n//# sourceMappingURL=${url}\n`);
  // The compiled file carries this time.
  await Deno.utime(path, revision.time, revision.time);
  await Deno.remove(stage, { recursive: true });
  return { path, packages };
}

async function copySources(revision: Revision, stage: string): Promise<void> {
  await Deno.mkdir(stage, { recursive: true });
  for (const name of ["main.ts", "src", "deno.json", "deno.lock"]) {
    await cp(name, `${stage}/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${stage}/src/build.ts`, buildModule(revision));
}

/**
 * The text of src/build.ts for a release, whose own would take all of deno.json into the bundle.
 */
export function buildModule({ version, commit, time }: Revision): string {
  const date = commit === "devel" ? "" : new Date(time * 1000).toISOString();
  return `export const BUILD = ${JSON.stringify({ version, commit, date })};\n`;
}
