import { BUILD, describeBuild } from "../version.ts";
import { environmentVariable, type NamedFlag } from "./flag.ts";
import { type Command, flagsOf } from "./flags.ts";

/** What each command does. */
export const COMMAND_HELP: Readonly<Record<Command, string>> = {
  serve: "Starts the Prometheus exporter",
  demo: "Starts the Prometheus exporter for a simulated account",
  check: "Tries the settings of the exporter and explains what does not work",
  scrape: "Prints the metrics of one scrape, or writes them to a file",
  health: "Tells by its exit code whether a running exporter is healthy",
};

/** The text of `spacelift-promex help`. */
export function appHelp(): string {
  return sections({
    NAME: ["spacelift-promex - Exports metrics from your Spacelift account to Prometheus"],
    USAGE: ["spacelift-promex [global options] command [command options] [arguments...]"],
    VERSION: [BUILD.version],
    COMMANDS: columns([
      ...Object.entries(COMMAND_HELP),
      ["completion", "Prints a script that completes command lines in bash, zsh or fish"],
      ["version", "Prints the version, as --version does"],
      ["help, h", "Shows a list of commands or help for one command"],
    ]),
    "GLOBAL OPTIONS": columns([
      ["--help, -h", "show help (default: false)"],
      ["--version, -v", "print the version (default: false)"],
    ]),
  });
}

/** The text of `spacelift-promex help` for one command. */
export function commandHelp(command: Command): string {
  return sections({
    NAME: [`spacelift-promex ${command} - ${COMMAND_HELP[command]}`],
    USAGE: [`spacelift-promex ${command} [command options] [arguments...]`],
    OPTIONS: columns(flagsOf(command).map((flag) => [forms(flag), explain(flag)])),
  });
}

/** The text of `spacelift-promex --version`. */
export function versionText(): string {
  return `spacelift-promex version ${describeBuild()}\n`;
}

/** A long flag with its dashes; `[no-]` marks a switch that is on unless it is turned off. */
export function longFlag({ name, kind, defaultText }: NamedFlag): string {
  return kind.form === "switch" && defaultText === "true" ? `--[no-]${name}` : `--${name}`;
}

function forms(flag: NamedFlag): string {
  const value = flag.kind.form === "switch" ? "" : " value";
  const short = flag.alias === undefined ? "" : `, -${flag.alias}${value}`;
  return `${longFlag(flag)}${value}${short}`;
}

function explain({ name, help, defaultText }: NamedFlag): string {
  const fallback = defaultText === undefined ? "" : ` (default: ${defaultText})`;
  return `${help}${fallback} [$${environmentVariable(name)}]`;
}

function sections(lines: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lines)
    .map(([title, body]) => `${title}:\n${body.map((line) => `   ${line}\n`).join("")}`)
    .join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
