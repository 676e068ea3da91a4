import { binaryFormatOf } from "./binary_format.ts";
import { BINARY_FLAGS } from "../run_flags.ts";
import { runCommand, tryCommand } from "../run_command.ts";
import { binaryName, type Target, targetName } from "./targets.ts";

/** What turns a bundle into a binary: a Deno, and the runtime that the binary is based on. */
export interface Compiler {
  readonly deno: string;
  /** A file with the runtime; undefined for the one that Deno fetches for itself. */
  readonly base: string | undefined;
  readonly description: string;
}

/** Deno cannot fetch the runtime that it would base a binary on. */
export class BaseUnavailableError extends Error {
  override readonly name = "BaseUnavailableError";
}

/** Decided when compiling, for a compiled binary takes neither from its environment. */
const FLAGS = ["--no-config", "--no-lock", "--no-check", "--no-prompt", "--no-code-cache"];

/**
 * The compiler for a target. `DENORT_BIN` in the environment names a base, used for the platform
 * that it was made for, and `DENO` the Deno of exactly its version.
 */
export async function compilerFor(target: Target): Promise<Compiler> {
  const base = Deno.env.get("DENORT_BIN");
  const format = base === undefined ? undefined : await binaryFormatOf(base);
  const isForTarget = format?.os === target.os && format.arch === target.arch;
  const deno = isForTarget ? Deno.env.get("DENO") ?? Deno.execPath() : Deno.execPath();
  const [version = ""] = (await runCommand(deno, ["--version"])).split("\n");
  const name = version.replace(/ \(.*/, "");
  return isForTarget
    ? { deno, base, description: `${name}, base ${base} (for verification, not for release)` }
    : { deno, base: undefined, description: `${name}, its own base` };
}

/** Compiles a script for a target into a folder and returns the binary's path. */
export async function compile(
  script: string,
  options: { target: Target; compiler: Compiler; directory: string },
): Promise<string> {
  const { target, compiler, directory } = options;
  const path = `${directory}/${binaryName(target)}`;
  const flags = [...FLAGS, ...BINARY_FLAGS, "--target", target.triple];
  const { code, stderr } = await tryCommand(
    compiler.deno,
    ["compile", ...flags, "-o", path, script],
    { env: { DENORT_BIN: compiler.base, NO_COLOR: "1" } },
  );
  if (code === 0) return path;
  if (stderr.includes("Setting up base binary")) {
    const problem = /error sending request[^\n]*/.exec(stderr)?.[0] ?? stderr;
    throw new BaseUnavailableError(`Cannot fetch the base for ${targetName(target)}: ${problem}`);
  }
  throw new Error(`Cannot compile for ${targetName(target)}:\n${stderr}`);
}
