import type { NamedFlag } from "../flag.ts";
import { type Command, flagsOf } from "../flags.ts";
import {
  ARGUMENTS,
  COMMANDS,
  DESCRIPTIONS,
  GLOBAL_FLAGS,
  PROGRAM,
  valuesOf,
} from "./candidates.ts";

/** The script for fish. */
export function fishScript(): string {
  const lines = [
    `complete -c ${PROGRAM} -f`,
    ...Object.entries(GLOBAL_FLAGS).map(([name, does]) =>
      `${start("__fish_use_subcommand")} -l ${name} -d ${quoted(does)}`
    ),
    ...Object.entries(DESCRIPTIONS).map(([name, does]) =>
      `${start("__fish_use_subcommand")} -a ${name} -d ${quoted(does)}`
    ),
    ...Object.entries(ARGUMENTS).map(([command, words]) =>
      `${start(`__fish_seen_subcommand_from ${command}`)} -a '${words.join(" ")}'`
    ),
    ...COMMANDS.flatMap(linesOf),
  ];
  return `# Completes command lines of ${PROGRAM} in fish.\n${lines.join("\n")}\n`;
}

function linesOf(command: Command): string[] {
  const first = start(`__fish_seen_subcommand_from ${command}`);
  return [
    ...flagsOf(command).flatMap((flag) => {
      const short = flag.alias === undefined ? "" : ` -s ${flag.alias}`;
      const line = `${first} -l ${flag.name}${short}${given(flag)} -d ${quoted(flag.help)}`;
      return flag.kind.form === "switch" ? [line, `${first} -l no-${flag.name}`] : [line];
    }),
    `${first} -l help -d ${quoted("Shows this command's help")}`,
  ];
}

function start(condition: string): string {
  return `complete -c ${PROGRAM} -n '${condition}'`;
}

/** Completions for a flag's value; a switch has none. */
function given(flag: NamedFlag): string {
  if (flag.kind.form === "switch") return "";
  const values = valuesOf(flag);
  if (values === "file") return " -r -F";
  return values === undefined ? " -x" : ` -x -a '${values.join(" ")}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
