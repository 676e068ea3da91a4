import type { NamedFlag } from "../flag.ts";
import { type Command, COMMAND_NAMES, isCommand } from "../flags.ts";
import { COMMAND_HELP, OTHER_COMMAND_HELP, TOPIC_NAMES } from "../help.ts";

/** The program whose command lines the scripts complete. */
export const PROGRAM = "spacelift-promex";

/** The shells for which there is a completion script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Flags that replace a command, with their descriptions. */
export const GLOBAL_FLAGS: Readonly<Record<string, string>> = {
  help: "Shows a list of commands",
  version: "Prints the version",
};

/** The commands that have flags. */
export const COMMANDS: readonly Command[] = COMMAND_NAMES.filter(isCommand);

/** Every command with its description. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...COMMAND_HELP,
  ...OTHER_COMMAND_HELP,
};

/** The words that may follow commands without flags. */
export const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  completion: SHELLS,
  help: TOPIC_NAMES,
};

/** Completions for a flag's value: fixed words, a file name, or none known. */
export function valuesOf({ name, kind }: NamedFlag): readonly string[] | "file" | undefined {
  if (kind.choices !== undefined) return kind.choices;
  return /[-.]file$|-path$|^output$/.test(name) ? "file" : undefined;
}
