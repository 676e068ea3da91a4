import assert from "node:assert/strict";
import { SHELLS } from "../../src/cli/completion.ts";
import { COMMAND_NAMES, flagsOf, isCommand } from "../../src/cli/flags.ts";
import { candidates } from "../support/candidates.ts";
import { hasTool } from "../support/tools.ts";

/** Command lines, the last word unfinished, with all that a shell must offer for it. */
const LINES: readonly (readonly [string, readonly string[]])[] = [
  ["spacelift-promex ser", ["serve"]],
  [
    "spacelift-promex ",
    ["check", "completion", "demo", "health", "help", "scrape", "serve", "version"],
  ],
  ["spacelift-promex --v", ["--version"]],
  ["spacelift-promex serve --listen-a", ["--listen-address"]],
  ["spacelift-promex serve -d --no-collector.u", ["--no-collector.usage"]],
  ["spacelift-promex serve --log.format ", ["json", "logfmt"]],
  ["spacelift-promex scrape --format o", ["openmetrics"]],
  ["spacelift-promex check --format ", ["json", "text"]],
  ["spacelift-promex serve --ca-cert-path k", ["key.txt"]],
  ["spacelift-promex serve --web.config.file k", ["key.txt"]],
  ["spacelift-promex serve --api-key-id ", []],
  ["spacelift-promex completion ", ["bash", "fish", "zsh"]],
  ["spacelift-promex help d", ["demo"]],
];

for (const shell of SHELLS) {
  const ignore = !await hasTool(shell, "--version");

  Deno.test({
    name: `completion: a real ${shell} offers commands, flags, values and files`,
    ignore,
    fn: async () => {
      const offered = await candidates(shell, LINES.map(([line]) => line));
      for (const [index, [line, expected]] of LINES.entries()) {
        assert.deepEqual(offered[index], expected, line);
      }
    },
  });

  Deno.test({
    name: `completion: a real ${shell} offers values after an equals sign`,
    ignore,
    fn: async () => {
      const [offered] = await candidates(shell, ["spacelift-promex serve --log.format=j"]);
      // Fish replaces the whole word.
      assert.deepEqual(offered, [shell === "fish" ? "--log.format=json" : "json"]);
    },
  });

  Deno.test({
    name: `completion: a real ${shell} offers every long flag of every command`,
    ignore,
    fn: async () => {
      const commands = COMMAND_NAMES.filter(isCommand);
      const offered = await candidates(
        shell,
        commands.map((name) => `spacelift-promex ${name} --`),
      );
      const flags = commands.map((command) =>
        flagsOf(command).flatMap(({ name, kind }) =>
          kind.form === "switch" ? [`--${name}`, `--no-${name}`] : [`--${name}`]
        )
      );
      assert.deepEqual(offered, flags.map((names) => [...names, "--help"].sort()));
    },
  });
}
