/**
 * Writes the generated parts of README.md and docs/, and the version and the publisher wherever they
 * are named; with `--check` only reports which of them are out of date.
 *
 *     deno task docs [--check]
 */
import { CATALOGUE } from "../src/app/catalogue.ts";
import { COLLECTORS } from "../src/collectors/list.ts";
import type { Family } from "../src/metrics/family.ts";
import { appHelp, longFlag } from "../src/cli/help.ts";
import { environmentVariable, type NamedFlag } from "../src/cli/flag.ts";
import { flagsOf } from "../src/cli/flags.ts";
import { BUILD } from "../src/version.ts";
import { wrapWords } from "../src/wrap_words.ts";
import { OWNED_FILES, OWNER, writeOwner } from "./owner.ts";
import { VERSIONED_FILES, writeVersion } from "./versioned_files.ts";

/** As wide as the formatter lets lines of text be. */
const LINE_WIDTH = 100;

/** A part of a Markdown text between `<!-- generated:name -->` and `<!-- /generated:name -->`. */
export interface Part {
  readonly name: string;
  render(): string;
}

/** The generated parts by the files that have them. */
export const GENERATED_PARTS: Readonly<Record<string, readonly Part[]>> = {
  "README.md": [
    { name: "help", render: renderHelp },
    { name: "first-metrics", render: renderFirstMetrics },
  ],
  "docs/configuration.md": [{ name: "flags", render: renderFlags }],
  "docs/metrics.md": [{ name: "metrics", render: renderMetrics }],
};

/** What most dashboards and alerts start from. */
const FIRST_METRICS: readonly string[] = [
  "spacelift_worker_pool_runs_pending",
  "spacelift_worker_pool_workers",
  "spacelift_worker_pool_workers_busy",
  "spacelift_worker_pool_workers_drained",
  "spacelift_public_worker_pool_runs_pending",
  "spacelift_public_worker_pool_workers_busy",
  "spacelift_public_worker_pool_parallelism",
  "spacelift_current_stacks_count_by_state",
  "spacelift_current_resources_count_by_drift",
  "spacelift_stack_info",
  "spacelift_runs_total",
  "spacelift_runs_unfinished",
  "spacelift_run_queue_seconds",
  "spacelift_run_active_seconds",
  "spacelift_current_billing_period_used_private_seconds",
  "spacelift_current_billing_period_used_public_seconds",
  "spacelift_current_billing_period_used_seats",
  "spacelift_up",
  "spacelift_scrape_collector_success",
  "spacelift_scrape_collector_last_success_timestamp_seconds",
];

/** The text with its parts regenerated; throws for a part without markers and the reverse. */
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
    throw new Error(`The part "${name}" needs one ${begin} and one ${end} after it`);
  }
  return `${before}${begin}\n\n${render().trim()}\n\n${end}${after}`;
}

function renderFlags(): string {
  const serve = flagsOf("serve");
  const demo = flagsOf("demo");
  return [
    "## `serve`",
    flagsTable(serve),
    "## `demo`",
    "All of the above but those of an account, and these:",
    flagsTable(demo.filter((flag) => !serve.includes(flag))),
    "## `check`",
    "All of those of `serve`, and these:",
    flagsTable(flagsOf("check").filter((flag) => !serve.includes(flag))),
    "## `scrape`",
    "Those of `serve` for the account and the collectors, and these:",
    flagsTable(flagsOf("scrape").filter((flag) => !serve.includes(flag))),
    "## `health`",
    flagsTable(flagsOf("health")),
  ].join("\n\n");
}

function flagsTable(flags: readonly NamedFlag[]): string {
  return markdownTable(["Flag and environment variable", "Default", "Description"], [
    ...flags.map((flag) => [
      `\`${longFlag(flag)}\`${flag.alias === undefined ? "" : `, \`-${flag.alias}\``}<br>` +
      `\`${environmentVariable(flag.name)}\``,
      flag.defaultText === undefined ? "" : `\`${flag.defaultText}\``,
      flag.help.replace(/https?:[^\s)]+/, "`$&`") +
      (flag.kind.values === undefined ? "" : `<br>Values: ${flag.kind.values}`),
    ]),
  ]);
}

function renderMetrics(): string {
  const entries = [...CATALOGUE.values()].toSorted((a, b) =>
    a.family.name < b.family.name ? -1 : 1
  );
  const own = entries.filter(({ collectors }) => collectors.length === 0);
  return [
    ...COLLECTORS.flatMap(({ name, subject }) => {
      const first = entries.filter(({ collectors }) => collectors[0] === name);
      return [
        `## \`${name}\``,
        wrapWords(`The collector \`${name}\` reads ${subject}.`, LINE_WIDTH).join("\n"),
        metricsTable(first.map(({ family, collectors }) => {
          const others = collectors.slice(1).map((other) => `\`${other}\``).join(", ");
          return { family, note: others === "" ? "" : ` (otherwise from ${others})` };
        })),
      ];
    }),
    "## The exporter",
    metricsTable(own.map(({ family }) => ({ family, note: "" }))),
  ].join("\n\n");
}

function metricsTable(rows: readonly { family: Family; note: string }[]): string {
  return markdownTable(["Metric, type and labels", "Description"], [
    ...rows.map(({ family, note }) => [
      `\`${family.name}\`<br>` +
      [family.type, ...family.labels.map((label) => `\`${label}\``)].join(", "),
      `${family.help.replace(/\.$/, "")}${note}`,
    ]),
  ]);
}

function renderFirstMetrics(): string {
  return markdownTable(["Metric", "Description"], [
    ...FIRST_METRICS.map((name) => {
      const entry = CATALOGUE.get(name);
      if (entry === undefined) throw new Error(`There is no metric ${name}`);
      return [`\`${name}\``, entry.family.help.replace(/\.$/, "")];
    }),
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

/** The part of the help that lists the commands. */
function renderHelp(): string {
  const [commands] = /^COMMANDS:\n(?: .*\n)+/m.exec(appHelp()) ?? [];
  if (commands === undefined) throw new Error("The help lists no commands");
  return ["```console", "$ spacelift-promex help", "...", commands.trimEnd(), "...", "```"].join(
    "\n",
  );
}

/** Writes what is out of date, or with `--check` reports it; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const isCheck = args.includes("--check");
  let isCurrent = true;
  for (
    const path of new Set([...VERSIONED_FILES, ...OWNED_FILES, ...Object.keys(GENERATED_PARTS)])
  ) {
    const text = await Deno.readTextFile(path);
    const parts = GENERATED_PARTS[path] ?? [];
    const stale = findDrift(text, parts).map((name) => `The part "${name}"`);
    const isVersioned = VERSIONED_FILES.some((versioned) => versioned === path);
    const versioned = isVersioned ? writeVersion(text, BUILD.version) : text;
    if (versioned !== text) stale.push("The version");
    const owned = writeOwner(versioned, OWNER);
    if (owned !== versioned) stale.push("The account that publishes");
    if (stale.length === 0) continue;
    if (!isCheck) await Deno.writeTextFile(path, writeParts(owned, parts));
    for (const what of isCheck ? stale : []) {
      isCurrent = false;
      const line = `${what} in ${path} is out of date: run deno task docs\n`;
      await Deno.stderr.write(new TextEncoder().encode(line));
    }
  }
  return isCurrent ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
