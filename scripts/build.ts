/**
 * Builds the exporter for one platform into a folder.
 *
 *     deno task build [--target linux-arm64] [--output dist]
 */
import { parseArgs } from "node:util";
import { bundle } from "./release/bundle.ts";
import { checkBinary } from "./release/binary_format.ts";
import { BaseUnavailableError, compile, compilerFor } from "./release/compile.ts";
import { readRevision } from "./release/revision.ts";
import { say } from "./say.ts";
import { findTarget } from "./release/targets.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, output: { type: "string", default: "dist" } },
});
const target = findTarget(values.target);
const compiler = await compilerFor(target);
const { path: script } = await bundle(await readRevision(), "dist/bundle");
try {
  const path = await compile(script, { target, compiler, directory: values.output });
  await checkBinary(path, target, await Deno.readFile(script));
  say(`Built ${path} (${compiler.description})`);
} catch (error) {
  if (!(error instanceof BaseUnavailableError)) throw error;
  say(`${error.message}; set DENORT_BIN to a base of this Deno's version`);
  Deno.exit(1);
}
