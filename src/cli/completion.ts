import type { NamedFlag } from "./flag.ts";
import { type Command, COMMAND_NAMES, flagsOf, isCommand } from "./flags.ts";
import { COMMAND_HELP } from "./help.ts";

/** The shells that a completion script can be had for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = typeof SHELLS[number];

const PROGRAM = "spacelift-promex";

/** Commands without flags, with what they do. */
const OTHERS: Readonly<Record<string, string>> = {
  completion: "Prints a script that completes command lines in a shell",
  help: "Shows a list of commands or help for one command",
  version: "Prints the version",
};

/** A script that makes a shell complete the program's command lines. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return `#compdef ${PROGRAM}\nautoload -U +X bashcompinit && bashcompinit\n${bash()}`;
    case "fish":
      return fish();
  }
}

function commands(): (readonly [Command, string])[] {
  return COMMAND_NAMES.filter(isCommand).map((name) => [name, COMMAND_HELP[name]]);
}

function words(flag: NamedFlag): string[] {
  const { name, alias, kind } = flag;
  return [
    `--${name}`,
    ...(kind.form === "switch" ? [`--no-${name}`] : []),
    ...(alias === undefined ? [] : [`-${alias}`]),
  ];
}

/** What may stand after a flag: given words, a file's name, or anything. */
function values({ name, kind }: NamedFlag): readonly string[] | "file" | undefined {
  if (kind.choices !== undefined) return kind.choices;
  return /-file$|-path$|^output$/.test(name) ? "file" : undefined;
}

function bash(): string {
  const names = [...commands().map(([name]) => name), ...Object.keys(OTHERS)];
  const cases = commands().map(([command]) => {
    const flags = flagsOf(command);
    const valued = flags.flatMap((flag) => {
      const after = values(flag);
      const forms = words(flag).filter((word) => !word.startsWith("--no-")).join("|");
      if (flag.kind.form === "switch") return [];
      const reply = after === "file"
        ? 'mapfile -t COMPREPLY < <(compgen -f -- "$cur")'
        : after === undefined
        ? "COMPREPLY=()"
        : `mapfile -t COMPREPLY < <(compgen -W '${after.join(" ")}' -- "$cur")`;
      return [`        ${forms}) ${reply}; return ;;`];
    });
    const all = [...flags.flatMap(words), "--help"].join(" ");
    return `    ${command})
      case $prev in
${valued.join("\n")}
      esac
      mapfile -t COMPREPLY < <(compgen -W '${all}' -- "$cur") ;;`;
  });
  return `# Completes command lines of ${PROGRAM}.
_spacelift_promex() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  # Bash splits words at an equals sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W '${names.join(" ")}' -- "$cur")
    return
  fi
  case \${COMP_WORDS[1]} in
    completion) mapfile -t COMPREPLY < <(compgen -W '${SHELLS.join(" ")}' -- "$cur") ;;
    help) mapfile -t COMPREPLY < <(compgen -W '${COMMAND_NAMES.join(" ")}' -- "$cur") ;;
${cases.join("\n")}
  esac
}
complete -F _spacelift_promex ${PROGRAM}
`;
}

function fish(): string {
  const first = "__fish_use_subcommand";
  const lines = [
    `complete -c ${PROGRAM} -f`,
    ...[...commands(), ...Object.entries(OTHERS)].map(([name, help]) =>
      `complete -c ${PROGRAM} -n ${first} -a ${name} -d ${quoted(help)}`
    ),
    `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from completion' -a '${SHELLS.join(" ")}'`,
    `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from help' -a '${COMMAND_NAMES.join(" ")}'`,
    ...commands().flatMap(([command]) =>
      flagsOf(command).flatMap((flag) => {
        const start = `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${command}'`;
        const short = flag.alias === undefined ? "" : ` -s ${flag.alias}`;
        const help = ` -d ${quoted(flag.help)}`;
        if (flag.kind.form === "switch") {
          return [`${start} -l ${flag.name}${short}${help}`, `${start} -l no-${flag.name}`];
        }
        const after = values(flag);
        const given = after === "file"
          ? " -r -F"
          : after === undefined
          ? " -x"
          : ` -x -a '${after.join(" ")}'`;
        return [`${start} -l ${flag.name}${short}${given}${help}`];
      })
    ),
  ];
  return `# Completes command lines of ${PROGRAM}.\n${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
