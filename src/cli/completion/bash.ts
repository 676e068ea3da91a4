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

/** The script for bash 3.2, which macOS has, and later. */
export function bashScript(): string {
  const others = Object.entries(ARGUMENTS).map(([command, words]) =>
    `    ${command}) ${reply(words)} ;;`
  );
  const globals = Object.keys(GLOBAL_FLAGS).map((name) => `--${name}`);
  return `# Completes command lines of ${PROGRAM} in bash.
_spacelift_promex() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} given= IFS=$'\\n'
  # Bash splits words at an equals sign.
  if [[ $cur == = ]]; then
    cur= given=yes
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]} given=yes
  fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    if [[ $cur == -* ]]; then
      ${reply(globals)}
    else
      ${reply(Object.keys(DESCRIPTIONS))}
    fi
    return
  fi
  case \${COMP_WORDS[1]} in
${[...others, ...COMMANDS.map(caseOf)].join("\n")}
  esac
}
complete -F _spacelift_promex ${PROGRAM}
`;
}

function caseOf(command: Command): string {
  const flags = flagsOf(command);
  const valued = flags.filter(({ kind }) => kind.form !== "switch");
  return `    ${command})
      case $prev in
${valued.map(caseOfValues).join("\n")}
      esac
      [[ -z $given ]] && ${reply([...flags.flatMap(longForms), "--help"])} ;;`;
}

function caseOfValues(flag: NamedFlag): string {
  const { name, alias } = flag;
  const forms = [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])];
  return `        ${forms.join("|")}) ${reply(valuesOf(flag))}; return ;;`;
}

function reply(values: ReturnType<typeof valuesOf>): string {
  if (values === undefined) return "COMPREPLY=()";
  if (values === "file") {
    return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))';
  }
  return `COMPREPLY=($(compgen -W $'${values.join("\\n")}' -- "$cur"))`;
}

function longForms({ name, kind }: NamedFlag): string[] {
  return kind.form === "switch" ? [`--${name}`, `--no-${name}`] : [`--${name}`];
}
