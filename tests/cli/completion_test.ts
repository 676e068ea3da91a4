import assert from "node:assert/strict";
import { completionScript } from "../../src/cli/completion.ts";
import { runTool } from "../support/run_tool.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { hasTool } from "../support/tools.ts";

/** Command lines, the last word unfinished, with some candidates that a shell must offer. */
const LINES: readonly (readonly [string, readonly string[]])[] = [
  ["spacelift-promex ser", ["serve"]],
  ["spacelift-promex serve --listen-a", ["--listen-address"]],
  ["spacelift-promex serve --no-collector.u", ["--no-collector.usage"]],
  ["spacelift-promex serve --log.format ", ["json", "logfmt"]],
  ["spacelift-promex completion ", ["bash", "fish", "zsh"]],
];

/** What a real shell is asked, on its standard input, for the candidates of a line. */
const ASK: Readonly<Record<"bash" | "fish", (path: string, line: string) => string>> = {
  bash: (path, line) =>
    `source ${path}\nCOMP_WORDS=(${line}${line.endsWith(" ") ? '""' : ""})\n` +
    'COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_spacelift_promex\nprintf "%s\\n" "${COMPREPLY[@]}"\n',
  fish: (path, line) => `source ${path}\ncomplete -C '${line}'\n`,
};

for (const shell of ["bash", "fish"] as const) {
  Deno.test({
    name: `completion: a real ${shell} offers commands, flags and values`,
    ignore: !await hasTool(shell, "--version", { inCi: false }),
    fn: async () => {
      await using folder = await tempFolder({ script: completionScript(shell) });
      const path = new URL("script", folder.url).pathname;
      for (const [line, expected] of LINES) {
        const { stdout, stderr } = await runTool(shell, [], { stdin: ASK[shell](path, line) });
        const offered = stdout.split("\n").map((one) => one.split("\t")[0] ?? "").filter(Boolean);
        assert.equal(stderr, "");
        assert.deepEqual(offered.sort(), [...expected], line);
      }
    },
  });
}

Deno.test({
  name: "completion: a real zsh takes the script",
  ignore: !await hasTool("zsh", "--version", { inCi: false }),
  fn: async () => {
    await using folder = await tempFolder({ script: completionScript("zsh") });
    const path = new URL("script", folder.url).pathname;
    const ask = `autoload -U compinit && compinit -D\nsource ${path}\n` +
      "print -r -- $_comps[spacelift-promex]\n";
    const { stdout, stderr } = await runTool("zsh", ["-f"], { stdin: ask });
    assert.equal(stderr, "");
    assert.match(stdout, /_bash_complete .*_spacelift_promex/);
  },
});
