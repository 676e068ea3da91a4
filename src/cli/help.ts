import { BUILD, describeBuild } from "../version.ts";
import { environmentVariable, type Setting } from "./setting.ts";
import { type Command, settingsOf } from "./flags.ts";

const COMMAND_HELP: Readonly<Record<Command, string>> = {
  serve: "Starts the Prometheus exporter",
  demo: "Starts the Prometheus exporter for a simulated account",
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
    OPTIONS: columns(settingsOf(command).map((setting) => [forms(setting), explain(setting)])),
  });
}

/** The text of `spacelift-promex --version`. */
export function versionText(): string {
  return `spacelift-promex version ${describeBuild()}\n`;
}

/** A setting's long flag with its dashes; `[no-]` marks one that is on unless it is turned off. */
export function longFlag(setting: Setting<unknown>): string {
  const isOn = setting.form === "switch" && setting.defaultText === "true";
  return isOn ? `--[no-]${setting.name}` : `--${setting.name}`;
}

function forms(setting: Setting<unknown>): string {
  const value = setting.form === "switch" ? "" : " value";
  const short = setting.alias === undefined ? "" : `, -${setting.alias}${value}`;
  return `${longFlag(setting)}${value}${short}`;
}

function explain(setting: Setting<unknown>): string {
  const fallback = setting.defaultText === undefined ? "" : ` (default: ${setting.defaultText})`;
  return `${setting.help}${fallback} [$${environmentVariable(setting)}]`;
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
