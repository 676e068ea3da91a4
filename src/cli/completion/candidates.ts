import type { NamedFlag } from "../flag.ts";
import { type Command, COMMAND_NAMES, isCommand } from "../flags.ts";
import { COMMAND_HELP } from "../help.ts";

/** What the scripts complete the command lines of. */
export const PROGRAM = "spacelift-promex";

/** The shells that a completion script can be had for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Flags that stand in the place of a command, with what they do. */
export const GLOBAL_FLAGS: Readonly<Record<string, string>> = {
  help: "Shows a list of commands",
  version: "Prints the version",
};

/** The commands that have flags. */
export const COMMANDS: readonly Command[] = COMMAND_NAMES.filter(isCommand);

/** Every command with what it does. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...COMMAND_HELP,
  completion: "Prints a script that completes command lines in a shell",
  version: "Prints the version",
  help: "Shows a list of commands or help for one command",
};

/** The words that may follow commands without flags. */
export const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  completion: SHELLS,
  help: COMMANDS,
};

/** What may stand after a flag: given words, a file's name, or anything. */
export function valuesOf({ name, kind }: NamedFlag): readonly string[] | "file" | undefined {
  if (kind.choices !== undefined) return kind.choices;
  return /[-.]file$|-path$|^output$/.test(name) ? "file" : undefined;
}
