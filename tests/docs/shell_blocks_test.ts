import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { parseArguments } from "../../src/cli/parse.ts";
import { eventually } from "../support/eventually.ts";
import { Program } from "../support/run_program.ts";
import { runTool } from "../support/run_tool.ts";
import { hasTool } from "../support/tools.ts";
import { DOCUMENTS, exists } from "./documents.ts";

/** A command of a document, with its lines joined. */
interface Command {
  readonly path: string;
  readonly text: string;
  /** Variables that its block has set before. */
  readonly env: ReadonlyMap<string, string>;
}

/** What cannot run here, because it needs a cluster, a registry, a release or this repository. */
const ELSEWHERE = /^(?:cosign|docker|git|helm|kubectl|sha256sum|sudo|tar|version=|xattr) ?/;

const METRICS = "curl -s localhost:9953/metrics";

const COMMANDS = [...DOCUMENTS].flatMap(([path, text]) => commandsIn(path, text));

Deno.test("shell blocks: every command runs in a test, is checked by one, or cannot run here", () => {
  const kinds = [ELSEWHERE, isCurl, isExporter, isTask, isExport, isRun, isInstall];
  const unknown = COMMANDS.filter(({ text }) => {
    return !kinds.some((kind) => kind instanceof RegExp ? kind.test(text) : kind(text));
  });
  assert.deepEqual(unknown.map(({ path, text }) => `${path}: ${text}`), []);
});

Deno.test("shell blocks: the exporter takes the arguments and variables as they are written", () => {
  const commands = COMMANDS.filter(({ text }) => isExporter(text));
  assert.ok(commands.length >= 3, `only ${commands.length} were found`);
  for (const { path, text, env } of commands) {
    const account = text.includes("--api-endpoint") || !/ (?:serve|check|scrape)\b/.test(text)
      ? []
      : ["--api-endpoint=https://a.example", "--api-key-id=id", "--api-key-secret=secret"];
    // Where the output goes is the shell's affair.
    const args = [...wordsOf(text.replace(/ > .*$/s, "")).slice(1), ...account];
    const parsed = parseArguments(args, (name) => env.get(name));
    assert.equal(parsed.command, args[0]?.replace(/^--/, ""), `${path}: ${text}`);
  }
});

Deno.test("shell blocks: every variable that is exported is a setting of the exporter", () => {
  const exports = COMMANDS.filter(({ text }) => isExport(text));
  assert.ok(exports.length >= 4, `only ${exports.length} were found`);
  const env = new Map(exports.map(({ text }) => assignmentOf(text)));
  const known = ["--api-endpoint=https://a.example", "--api-key-id=id"];
  const parsed = parseArguments(["serve", ...known], (name) => env.get(name));
  assert.equal(parsed.command, "serve");
  const read: string[] = [];
  parseArguments(["serve", ...known], (name) => {
    read.push(name);
    return env.get(name);
  });
  for (const name of env.keys()) assert.ok(read.includes(name), `nothing reads ${name}`);
});

Deno.test("shell blocks: tasks and the files that they are given exist", async () => {
  const tasks = COMMANDS.filter(({ text }) => isTask(text));
  assert.ok(tasks.length >= 10, `only ${tasks.length} were found`);
  for (const { path, text } of tasks) {
    const [, task = "", rest = ""] = /task (?:--quiet )?([\w-]+)(.*)/.exec(text) ?? [];
    assert.ok(Object.hasOwn(config.tasks, task), `${path}: there is no task ${task}`);
    for (const [file] of rest.matchAll(/\btests\/\S+/g)) {
      assert.ok(await exists(file), `${path}: there is no ${file}`);
    }
  }
});

Deno.test({
  name: "shell blocks: curl gets what the documents say from the demo",
  ignore: !await hasTool("curl", "--version", { inCi: false }),
  async fn() {
    await using demo = new Program(["demo", "--listen-address=127.0.0.1:0"]);
    const { host } = new URL(await demo.listening());
    const run = (text: string) =>
      runTool("bash", ["-c", `set -o pipefail; ${text.replaceAll("localhost:9953", host)}`]);
    await eventually(
      // The runs, which have the label as well, are there first.
      async () => /_by_state\{.*stack="infra/.test((await run(METRICS)).stdout),
      "The demo serves no stacks",
    );
    const outputs = new Map<string, string>();
    for (const { path, text } of COMMANDS.filter(({ text }) => isCurl(text))) {
      const { code, stdout } = await run(text);
      assert.equal(code, 0, `${path}: ${text}`);
      assert.notEqual(stdout.trim(), "", `${path}: ${text} prints nothing`);
      outputs.set(text, stdout);
    }
    const printed = [...outputs.values()];
    assert.ok(printed.includes("# EOF\n") && printed.includes("200\n"), printed.join("\n"));
    const [, example = ""] = /```text\n(# HELP [^]*?)```/.exec(DOCUMENTS.get("README.md") ?? "") ??
      [];
    const seen = printed.find((output) => output.includes("# HELP")) ?? "";
    for (const line of example.trim().split("\n")) {
      const shape = line.startsWith("#") ? line : line.replace(/"\} \d+$/, '"}');
      assert.ok(shapesOf(seen).has(shapeOf(shape)), `the demo prints nothing like ${line}`);
    }
  },
});

function isCurl(text: string): boolean {
  return text.startsWith("curl ") && text.includes("localhost:9953");
}

function isExporter(text: string): boolean {
  return text.startsWith("spacelift-promex ");
}

function isTask(text: string): boolean {
  return /^(?:\w+=\S+ )?(?:deno|npx -y deno@[\d.]+) task /.test(text);
}

function isExport(text: string): boolean {
  return text.startsWith("export ");
}

/** The permissions test has these. */
function isRun(text: string): boolean {
  return /^deno run .*main\.ts serve$/.test(text);
}

function isInstall(text: string): boolean {
  return text === "deno install --frozen=false";
}

function commandsIn(path: string, document: string): Command[] {
  return [...document.matchAll(/^```shell\n([^]*?)^```/gm)].flatMap(([, block = ""]) => {
    const env = new Map<string, string>();
    return block.replaceAll("\\\n", " ").split("\n").flatMap((line) => {
      const text = line.replace(/(?:^|\s+)# .*$/, "").trim();
      if (text === "") return [];
      if (text.startsWith("export ")) env.set(...assignmentOf(text));
      return [{ path, text, env }];
    });
  });
}

/** The name and the value of `export NAME=value`; a placeholder is filled in. */
function assignmentOf(text: string): [string, string] {
  const [, name = "", value = ""] = /^export (\w+)=(.*)$/.exec(text) ?? [];
  return [name, wordsOf(value)[0] ?? ""];
}

/** The words of a command without quotes; a placeholder is filled in. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? "")
    .map((word) => word.replaceAll(/<[^<>]*>/g, "filled-in"));
}

/** The lines of an exposition without what differs between accounts. */
function shapesOf(exposition: string): ReadonlySet<string> {
  return new Set(exposition.split("\n").map(shapeOf));
}

function shapeOf(line: string): string {
  return line.startsWith("#") ? line : line.replace(/ \d+$/, "").replaceAll(/"[^"]*"/g, '""');
}
