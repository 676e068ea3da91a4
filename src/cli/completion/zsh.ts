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

/** The script for zsh, to be sourced or placed in a folder of `fpath`. */
export function zshScript(): string {
  const commands = Object.entries(DESCRIPTIONS).map(([name, does]) =>
    `      ${quoted(`${name}:${does}`)}`
  );
  const globals = Object.entries(GLOBAL_FLAGS).map(([name, does]) => quoted(`--${name}[${does}]`));
  const others = Object.entries(ARGUMENTS).map(([command, words]) =>
    `    ${command}) (( CURRENT == 2 )) && compadd -- ${words.join(" ")} ;;`
  );
  return `#compdef ${PROGRAM}
# Completes command lines of ${PROGRAM} in zsh.
_spacelift-promex() {
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
${commands.join("\n")}
    )
    if [[ $PREFIX == -* ]]; then
      _arguments ${globals.join(" ")}
    else
      _describe command commands
    fi
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${[...others, ...COMMANDS.map(caseOf)].join("\n")}
  esac
}

# Found in fpath, this file is the function's body; sourced, it only declares it.
if [[ $funcstack[1] == _spacelift-promex ]]; then
  _spacelift-promex "$@"
else
  compdef _spacelift-promex ${PROGRAM}
fi
`;
}

function caseOf(command: Command): string {
  const specs = [...flagsOf(command).flatMap(specsOf), quoted("--help[Shows this command's help]")];
  return `    ${command})
      _arguments \\
${specs.map((spec) => `        ${spec}`).join(" \\\n")} ;;`;
}

/** Specifications for `_arguments`, one per form of a flag; each form excludes the others. */
function specsOf(flag: NamedFlag): string[] {
  const { name, alias, kind, help } = flag;
  const short = alias === undefined ? [] : [`-${alias}`];
  const isSwitch = kind.form === "switch";
  const forms = [`--${name}`, ...short, ...(isSwitch ? [`--no-${name}`] : [])];
  const before = kind.form === "list" ? "*" : `(${forms.join(" ")})`;
  const described = `[${help.replace(/[\\\]]/g, "\\$&")}]`;
  if (isSwitch) return forms.map((form) => quoted(before + form + described));
  return forms.map((form) =>
    quoted(`${before}${form}${form.startsWith("--") ? "=" : ""}${described}:value:${action(flag)}`)
  );
}

function action(flag: NamedFlag): string {
  const values = valuesOf(flag);
  if (values === "file") return "_files";
  return values === undefined ? " " : `(${values.join(" ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
