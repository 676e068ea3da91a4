import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import {
  BINARY_FLAGS,
  BUNDLE_FLAGS,
  PERMISSIONS,
  SOURCE_FLAGS,
  V8_FLAGS,
} from "../../scripts/run_flags.ts";

/** Files that tell how to run the exporter. */
const FILES = ["README.md", "docs", "Dockerfile", "examples", ".github"];

Deno.test("run flags: the exporter may neither write, start programs, nor load libraries", () => {
  const names = PERMISSIONS.map((flag) => flag.replace(/=.*/, ""));
  assert.deepEqual(names, ["--allow-net", "--allow-read", "--allow-env"]);
});

Deno.test("run flags: a binary has what the program has from source", () => {
  const unstable = config.unstable.map((name) => `--unstable-${name}`);
  assert.deepEqual(BUNDLE_FLAGS, [...unstable, V8_FLAGS, ...PERMISSIONS]);
});

Deno.test("run flags: a binary may write, which it gives up before it serves", () => {
  assert.deepEqual(BINARY_FLAGS, [...BUNDLE_FLAGS, "--ignore-env", "--allow-write"]);
});

Deno.test("run flags: the task that runs the exporter gives exactly the list", () => {
  const { command } = config.tasks.start;
  assert.deepEqual(flagsIn(command), [...SOURCE_FLAGS]);
  assert.ok(command.includes("--no-prompt"), "it may prompt");
});

Deno.test("run flags: everywhere else that runs main.ts gives exactly the list", async () => {
  for await (const path of files(FILES)) {
    const text = (await Deno.readTextFile(path)).replaceAll("\\\n", " ");
    for (const [command] of text.matchAll(/deno(?:@[\d.]+)? run [^\n`]*main\.ts/g)) {
      assert.deepEqual(flagsIn(command), [...SOURCE_FLAGS], `in ${path}: ${command}`);
    }
  }
});

Deno.test("run flags: nothing is given all of them", async () => {
  const paths = ["deno.json", "scripts", ...FILES];
  for await (const path of files(paths)) {
    const text = await Deno.readTextFile(path);
    assert.doesNotMatch(text, /--allow-all|deno run -A/, `in ${path}`);
  }
});

function flagsIn(command: string): string[] {
  return (command.match(/--(?:allow|v8-flags)\S+/g) ?? []).map((flag) => flag.replace(/['"]/g, ""));
}

async function* files(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if ((await Deno.stat(path)).isFile) {
      yield path;
      continue;
    }
    const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => `${path}/${name}`);
    yield* files(names.sort());
  }
}
