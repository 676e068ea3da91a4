import assert from "node:assert/strict";
import { COMMAND_NAMES, flagsOf, isCommand } from "../../src/cli/flags.ts";
import { appHelp, commandHelp, longFlag, versionText } from "../../src/cli/help.ts";
import { maskVersion } from "../support/mask_version.ts";

const GOLDEN = new URL("golden/", import.meta.url);

const TEXTS: Readonly<Record<string, () => string>> = {
  "help.txt": appHelp,
  "help_serve.txt": () => commandHelp("serve"),
  "help_demo.txt": () => commandHelp("demo"),
  "help_check.txt": () => commandHelp("check"),
  "help_scrape.txt": () => commandHelp("scrape"),
  "help_health.txt": () => commandHelp("health"),
  "help_completion.txt": () => commandHelp("completion"),
  "help_version.txt": () => commandHelp("version"),
  "version.txt": versionText,
};

for (const [name, text] of Object.entries(TEXTS)) {
  Deno.test(`help: ${name} is as recorded`, async () => {
    const file = new URL(name, GOLDEN);
    const masked = maskVersion(text());
    if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, masked);
    assert.equal(masked, await Deno.readTextFile(file));
  });
}

Deno.test("help: every line fits a terminal", () => {
  const wide = Object.values(TEXTS).flatMap((text) => text().split("\n"))
    .filter((line) => line.length > 80);
  assert.deepEqual(wide, []);
});

for (const command of COMMAND_NAMES.filter(isCommand)) {
  Deno.test(`help: ${command} explains each of its flags, and that once`, () => {
    const lines = commandHelp(command).split("\n");
    const shown = lines.flatMap((line) => /^ {3}(--[^ ,]+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(shown.sort(), flagsOf(command).map(longFlag).sort());
  });
}

Deno.test("help: no recorded text is left over", async () => {
  const recorded = (await Array.fromAsync(Deno.readDir(GOLDEN))).map(({ name }) => name);
  assert.deepEqual(recorded.sort(), Object.keys(TEXTS).sort());
});
