import { completionScript, type Shell } from "../../src/cli/completion.ts";
import { runTool } from "./run_tool.ts";
import { tempFolder } from "./temp_folder.ts";

/** What a real shell offers for the last word of each command line, where the file key.txt is. */
export async function candidates(shell: Shell, lines: readonly string[]): Promise<string[][]> {
  await using folder = await tempFolder({
    "_spacelift-promex": completionScript(shell),
    "files/key.txt": "",
    setup: ZSH_SETUP,
  });
  const path = folder.url.pathname;
  const { args, begin, ask } = DRIVERS[shell];
  const asks = lines.map((line) => `${ask(quoted(line), line)}\necho '${END}'\n`);
  // Shells keep what they do in the home of who runs them.
  const env = { HOME: path, XDG_CONFIG_HOME: path, XDG_DATA_HOME: path, TERM: "dumb" };
  const stdin = `${begin(path)}\n${asks.join("")}`;
  const { code, stdout, stderr } = await runTool("timeout", ["60", shell, ...args], { stdin, env });
  const answers = stdout.split(`${END}\n`).slice(0, -1);
  if (code !== 0 || stderr !== "" || answers.length !== lines.length) {
    throw new Error(`${shell} ended with ${code} after ${answers.length} answers: ${stderr}`);
  }
  return answers.map((answer) => {
    const offered = answer.split("\n").map((one) => one.split("\t")[0] ?? "");
    return [...new Set(offered.filter((one) => one !== ""))].sort();
  });
}

const END = "that is all";

/** Shell scripts: one that begins, and one that prints the candidates of a line. */
interface Driver {
  readonly args: readonly string[];
  readonly begin: (path: string) => string;
  readonly ask: (quoted: string, line: string) => string;
}

const DRIVERS: Readonly<Record<Shell, Driver>> = {
  bash: {
    args: ["--norc", "--noprofile"],
    begin: (path) => `cd ${path}files && source ${path}_spacelift-promex || exit`,
    // Readline gives the words to the function that `complete` has named, and splits them at `=` too.
    ask: (_, line) => `
      COMP_WORDS=(${line.split(/ |(?==)|(?<==)/).map(quoted).join(" ")})
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      $(complete -p spacelift-promex | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
      printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  fish: {
    args: [],
    begin: (path) => `cd ${path}files; and source ${path}_spacelift-promex; or exit 1`,
    ask: (line) => `complete -C ${line}`,
  },
  // The line editor needs a terminal: another zsh, in a pseudo-terminal, presses the keys.
  zsh: {
    args: ["-f"],
    begin: (path) => `
      zmodload zsh/zpty || exit
      offered=${path}offered
      zpty inner zsh -f -i
      zpty -w inner 'source ${path}setup'
      zpty -r inner output '*ready to complete*' || exit`,
    ask: (line) => `
      : > $offered
      zpty -w -n inner ${line}$'\\t'
      zpty -r inner output '*done completing*' || exit
      cat $offered
      zpty -w -n inner $'\\C-u'`,
  },
};

/** Notes what is offered in a file and says when; the dump of all completions stays in the folder. */
const ZSH_SETUP = `
PS1= here=\${0:h}
fpath=($here $fpath)
autoload -Uz compinit && compinit -u -d $here/dump
cd $here/files
compadd() {
  local -a offered
  builtin compadd -A offered "$@"
  print -rl -- $offered >> $here/offered
  builtin compadd "$@"
}
ask() { zle complete-word; print 'done' completing }
zle -N ask
bindkey '^I' ask
print 'ready to' complete
`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
