/**
 * Writes the generated parts of README.md, and the version wherever it is named; with `--check`
 * only reports which of them are out of date.
 *
 *     deno task docs [--check]
 */
import { CATALOGUE } from "../src/app/catalogue.ts";
import { appHelp, commandHelp, longFlag } from "../src/cli/help.ts";
import { environmentVariable, type NamedFlag } from "../src/cli/flag.ts";
import { flagsOf } from "../src/cli/flags.ts";
import { BUILD } from "../src/version.ts";
import { VERSIONED_FILES, writeVersion } from "./versioned_files.ts";

/** A part of a Markdown text between `<!-- generated:name -->` and `<!-- /generated:name -->`. */
export interface Part {
  readonly name: string;
  render(): string;
}

/** The generated parts of README.md. */
export const README_PARTS: readonly Part[] = [
  { name: "flags", render: renderFlags },
  { name: "help", render: renderHelp },
  { name: "metrics", render: renderMetrics },
];

/** The text with its parts written anew; throws for a part without markers and the reverse. */
export function writeParts(text: string, parts: readonly Part[]): string {
  const marked = [...text.matchAll(/<!-- generated:(.*?) -->/g)].map(([, name]) => name);
  const unknown = marked.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) throw new Error(`Nothing generates the part "${unknown}"`);
  return parts.reduce(writePart, text);
}

/** The names of the parts that are not as they would be generated. */
export function findDrift(text: string, parts: readonly Part[]): string[] {
  writeParts(text, parts);
  return parts.filter((part) => writePart(text, part) !== text).map(({ name }) => name);
}

function writePart(text: string, { name, render }: Part): string {
  const [begin, end] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const [before = "", rest, ...more] = text.split(begin);
  const [, after, ...moreEnds] = rest?.split(end) ?? [];
  if (after === undefined || more.length > 0 || moreEnds.length > 0) {
    throw new Error(`The part "${name}" needs one ${begin} and one ${end} behind it`);
  }
  return `${before}${begin}\n\n${render().trim()}\n\n${end}${after}`;
}

function renderFlags(): string {
  const serve = flagsOf("serve");
  const demo = flagsOf("demo");
  return [
    "`spacelift-promex serve`:",
    flagsTable(serve),
    "`spacelift-promex demo`, which has all of the above but those of an account, and its own:",
    flagsTable(demo.filter((flag) => !serve.includes(flag))),
    "`spacelift-promex check`, which has all of those of `serve`, and its own:",
    flagsTable(flagsOf("check").filter((flag) => !serve.includes(flag))),
    "`spacelift-promex scrape`, which has those of `serve` for the account and the collectors, and its own:",
    flagsTable(flagsOf("scrape").filter((flag) => !serve.includes(flag))),
    "`spacelift-promex health`:",
    flagsTable(flagsOf("health")),
  ].join("\n\n");
}

function renderMetrics(): string {
  const rows = [...CATALOGUE.values()]
    .toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1))
    .map(({ family, collectors }) => [
      `\`${family.name}\``,
      family.type,
      family.labels.map((label) => `\`${label}\``).join(", "),
      family.help,
      collectors.map((collector) => `\`${collector}\``).join(", "),
    ]);
  return markdownTable(["Metric", "Type", "Labels", "Description", "Collector"], rows);
}

function flagsTable(flags: readonly NamedFlag[]): string {
  return markdownTable(["Flag", "Environment variable", "Default", "Description"], [
    ...flags.map((flag) => [
      `\`${longFlag(flag)}\`${flag.alias === undefined ? "" : `, \`-${flag.alias}\``}`,
      `\`${environmentVariable(flag.name)}\``,
      flag.defaultText === undefined ? "" : `\`${flag.defaultText}\``,
      flag.help,
    ]),
  ]);
}

/** A Markdown table with its columns aligned, as `deno fmt` wants it. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0))
  );
  const [head = "", ...body] = cells.map((row) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`
  );
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

function renderHelp(): string {
  return [
    ...codeBlock("spacelift-promex help", appHelp()),
    "",
    ...codeBlock("spacelift-promex serve --help", commandHelp("serve")),
  ].join("\n");
}

function codeBlock(command: string, output: string): string[] {
  return ["```console", `$ ${command}`, output.trimEnd(), "```"];
}

/** Writes what is out of date, or with `--check` reports it; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const isCheck = args.includes("--check");
  let isCurrent = true;
  for (const path of VERSIONED_FILES) {
    const text = await Deno.readTextFile(path);
    const parts = path === "README.md" ? README_PARTS : [];
    const stale = findDrift(text, parts).map((name) => `The part "${name}"`);
    const versioned = writeVersion(text, BUILD.version);
    if (versioned !== text) stale.push("The version");
    if (stale.length === 0) continue;
    if (!isCheck) await Deno.writeTextFile(path, writeParts(versioned, parts));
    for (const what of isCheck ? stale : []) {
      isCurrent = false;
      const line = `${what} in ${path} is out of date: run deno task docs\n`;
      await Deno.stderr.write(new TextEncoder().encode(line));
    }
  }
  return isCurrent ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
