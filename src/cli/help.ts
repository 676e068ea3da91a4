import { BUILD, describeBuild } from "../version.ts";
import { environmentVariable, type NamedFlag } from "./flag.ts";
import {
  ACCOUNT,
  CHECK,
  COLLECTOR_SWITCHES,
  type Command,
  COMMAND_NAMES,
  EXPORTER,
  flagsOf,
  HEALTH,
  isCommand,
  LOG,
  ONCE,
  RUNS,
  SIMULATION,
  STACKS,
  WEB,
  WEBHOOK,
  WEBHOOK_WEB,
} from "./flags.ts";
import { wrapWords } from "../wrap_words.ts";

const WIDTH = 80;
const INDENT = 3;
const NO_BREAK = "\u00a0";

/** What each command does. */
export const COMMAND_HELP: Readonly<Record<Command, string>> = {
  serve: "Starts the Prometheus exporter",
  demo: "Starts the Prometheus exporter for a simulated account",
  check: "Tests the settings for real and explains what does not work",
  scrape: "Prints the metrics of one scrape, or writes them to a file",
  health: "Reports in its exit code whether a running exporter is healthy",
};

/** The commands without flags, apart from `help`. */
const OTHERS = {
  completion: {
    does: "Prints a script that completes command lines in bash, zsh or fish",
    usage: "completion bash|zsh|fish",
  },
  version: { does: "Prints the version, as --version does", usage: "version" },
} as const;

/** What the commands without flags do. */
export const OTHER_COMMAND_HELP: Readonly<Record<string, string>> = {
  completion: OTHERS.completion.does,
  version: OTHERS.version.does,
  help: "Shows a list of commands or help for one command",
};

/** A command that `help` explains. */
export type Topic = Command | keyof typeof OTHERS;

/** The names of all topics. */
export const TOPIC_NAMES: readonly string[] = [...COMMAND_NAMES, ...Object.keys(OTHERS)];

/** Whether `help` explains this. */
export function isTopic(name: string): name is Topic {
  return TOPIC_NAMES.includes(name);
}

const IS_DEVELOPMENT = EXPORTER.nameOf("isDevelopment");

/** Headings that group a command's flags; flags without a heading are listed as its own options. */
const HEADINGS: Readonly<Record<string, readonly NamedFlag[]>> = {
  OPTIONS: [...CHECK.named, ...ONCE.named, ...HEALTH.named],
  ACCOUNT: ACCOUNT.named,
  "SIMULATED ACCOUNT": SIMULATION.named,
  SERVING: [...EXPORTER.named.filter(({ name }) => name !== IS_DEVELOPMENT), ...WEB.named],
  LOGGING: [...EXPORTER.named.filter(({ name }) => name === IS_DEVELOPMENT), ...LOG.named],
  COLLECTORS: COLLECTOR_SWITCHES.named,
  STACKS: STACKS.named,
  RUNS: RUNS.named,
  WEBHOOK: [...WEBHOOK.named, ...WEBHOOK_WEB.named],
};

/** The output of `spacelift-promex help`. */
export function appHelp(): string {
  return sections({
    NAME: ["spacelift-promex - Exports metrics from your Spacelift account to Prometheus"],
    USAGE: ["spacelift-promex [global options] command [command options] [arguments...]"],
    VERSION: [BUILD.version],
    COMMANDS: columns(
      Object.entries({ ...COMMAND_HELP, ...OTHER_COMMAND_HELP })
        .map(([name, does]) => [name === "help" ? "help, h" : name, does]),
    ),
    "GLOBAL OPTIONS": columns([
      ["--help, -h", "show help (default: false)"],
      ["--version, -v", "print the version (default: false)"],
    ]),
  });
}

/** The output of `spacelift-promex help COMMAND`. */
export function commandHelp(command: Topic): string {
  if (!isCommand(command)) {
    const { does, usage } = OTHERS[command];
    return sections({
      NAME: wrapWords(`spacelift-promex ${command} - ${does}`, WIDTH - INDENT),
      USAGE: [`spacelift-promex ${usage}`],
    });
  }
  const flags = flagsOf(command);
  const headed = Object.entries(HEADINGS).flatMap(([heading, under]) => {
    const shown = flags.filter((flag) => under.includes(flag));
    return shown.length === 0 ? [] : [[heading, shown.flatMap(explain)]];
  });
  return sections({
    NAME: wrapWords(`spacelift-promex ${command} - ${COMMAND_HELP[command]}`, WIDTH - INDENT),
    USAGE: [`spacelift-promex ${command} [command options] [arguments...]`],
    ...Object.fromEntries(headed),
  });
}

/** The output of `spacelift-promex --version`. */
export function versionText(): string {
  return `spacelift-promex version ${describeBuild()}\n`;
}

/** A long flag with its dashes; `[no-]` marks a switch that is on by default. */
export function longFlag({ name, kind, defaultText }: NamedFlag): string {
  return kind.form === "switch" && defaultText === "true" ? `--[no-]${name}` : `--${name}`;
}

function forms(flag: NamedFlag): string {
  const value = flag.kind.form === "switch" ? "" : " value";
  const short = flag.alias === undefined ? "" : `, -${flag.alias}${value}`;
  return `${longFlag(flag)}${value}${short}`;
}

/** The forms of a flag followed by its help, wrapped to the width of a terminal. */
function explain(flag: NamedFlag): string[] {
  const { name, help, defaultText } = flag;
  const fallback = defaultText === undefined ? "" : ` (default: ${defaultText})`;
  const text = `${help}${fallback} [$${environmentVariable(name)}]`;
  const together = text.replace("(default: ", `(default:${NO_BREAK}`);
  const lines = wrapWords(together, WIDTH - 2 * INDENT);
  return [
    forms(flag),
    ...lines.map((line) => " ".repeat(INDENT) + line.replace(NO_BREAK, " ")),
  ];
}

function sections(lines: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lines)
    .map(([title, body]) =>
      `${title}:\n${body.map((line) => `${" ".repeat(INDENT)}${line}\n`).join("")}`
    )
    .join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
