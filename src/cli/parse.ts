import { formatDuration } from "../duration.ts";
import type { Secret } from "../secret.ts";
import { readFlags } from "./read_flags.ts";
import { givenFor, type Input, readSettings } from "./read_settings.ts";
import {
  COLLECTOR_NAMES,
  COLLECTOR_SETTINGS,
  type CollectorName,
  type Command,
  COMMAND_SETTINGS,
  type SettingsOf,
} from "./flags.ts";
import { quoteArgument, UsageError } from "./usage_error.ts";

/** The API key's secret, or the file that holds it. */
export type KeySecret = { readonly secret: Secret } | { readonly file: string };

/** The settings of `serve`. */
export type ServeSettings =
  & Omit<SettingsOf<"serve">, "apiKeySecret" | "apiKeySecretFile">
  & { readonly keySecret: KeySecret; readonly collectors: ReadonlySet<CollectorName> };

/** The settings of `demo`. */
export type DemoSettings =
  & SettingsOf<"demo">
  & { readonly collectors: ReadonlySet<CollectorName> };

/** What a command line asks for. */
export type Arguments =
  | { readonly command: "serve"; readonly settings: ServeSettings }
  | { readonly command: "demo"; readonly settings: DemoSettings }
  | { readonly command: "health"; readonly settings: SettingsOf<"health"> }
  | { readonly command: "help"; readonly topic: Command | undefined }
  | { readonly command: "version" };

const HELP_WORDS: readonly string[] = ["help", "h", "--help", "-h"];

/** Reads a command line and its environment; throws `UsageError` for what cannot be used. */
export function parseArguments(
  args: readonly string[],
  env: (name: string) => string | undefined,
): Arguments {
  const [first = "help", ...rest] = args;
  if (HELP_WORDS.includes(first)) return parseHelp(rest);
  if (["--version", "-v"].includes(first)) {
    refuseMore(first, rest);
    return { command: "version" };
  }
  if (first.startsWith("-")) {
    throw new UsageError(
      `Unknown flag ${quoteArgument(first)} in place of a command: ` +
        "the flags of a command stand behind it",
    );
  }
  const command = toCommand(first);
  const flags = readFlags(command, rest);
  return flags === "help"
    ? { command: flags, topic: command }
    : parseCommand(command, { flags, env });
}

function parseCommand(command: Command, input: Input): Arguments {
  switch (command) {
    case "serve":
      return { command, settings: readServeSettings(input) };
    case "demo": {
      const settings = readSettings(COMMAND_SETTINGS.demo, input);
      checkStacksAge(settings);
      return { command, settings: { ...settings, collectors: readCollectors(input) } };
    }
    case "health":
      return { command, settings: readSettings(COMMAND_SETTINGS.health, input) };
  }
}

function readServeSettings(input: Input): ServeSettings {
  const { apiKeySecret, apiKeySecretFile, ...settings } = readSettings(
    COMMAND_SETTINGS.serve,
    input,
  );
  const collectors = readCollectors(input);
  checkStacksAge(settings);
  if (apiKeySecret !== undefined && apiKeySecretFile !== undefined) {
    const { serve } = COMMAND_SETTINGS;
    const sources = [serve.apiKeySecret, serve.apiKeySecretFile]
      .map((setting) => givenFor(setting, input)?.source);
    throw new UsageError(`Cannot use ${sources.join(" and ")} together: give one of them`);
  }
  if (apiKeySecret !== undefined) {
    return { ...settings, collectors, keySecret: { secret: apiKeySecret } };
  }
  if (apiKeySecretFile !== undefined) {
    return { ...settings, collectors, keySecret: { file: apiKeySecretFile } };
  }
  throw new UsageError(
    "Missing --api-key-secret or --api-key-secret-file: give one of them or set " +
      "SPACELIFT_PROMEX_API_KEY_SECRET or SPACELIFT_PROMEX_API_KEY_SECRET_FILE",
  );
}

/** Walks further apart than their data may be old would leave gaps between them. */
function checkStacksAge({ stacksMaxStaleness, stacksRefreshInterval }: {
  readonly stacksMaxStaleness: number;
  readonly stacksRefreshInterval: number;
}): void {
  if (stacksMaxStaleness > stacksRefreshInterval) return;
  throw new UsageError(
    `Cannot use --stacks-max-staleness ${formatDuration(stacksMaxStaleness)}: it must be longer ` +
      `than --stacks-refresh-interval ${formatDuration(stacksRefreshInterval)}`,
  );
}

function readCollectors(input: Input): ReadonlySet<CollectorName> {
  const switches = readSettings(COLLECTOR_SETTINGS, input);
  const collectors = new Set(COLLECTOR_NAMES.filter((name) => switches[name]));
  if (collectors.size === 0) {
    const flags = COLLECTOR_NAMES.map((name) => `--collector.${name}`);
    throw new UsageError(
      `Cannot turn off all of ${flags.join(", ")}: nothing is left to export, leave one on`,
    );
  }
  return collectors;
}

function parseHelp([topic, ...rest]: readonly string[]): Arguments {
  if (topic === undefined) return { command: "help", topic };
  const command = HELP_WORDS.includes(topic) ? undefined : toCommand(topic);
  refuseMore(topic, rest);
  return { command: "help", topic: command };
}

function refuseMore(last: string, [unexpected]: readonly string[]): void {
  if (unexpected !== undefined) {
    throw new UsageError(
      `Unexpected argument ${quoteArgument(unexpected)} behind ${quoteArgument(last)}`,
    );
  }
}

function toCommand(name: string): Command {
  if (isCommand(name)) return name;
  const commands = [...Object.keys(COMMAND_SETTINGS), "help"].join(", ");
  throw new UsageError(`Unknown command ${quoteArgument(name)}: the commands are ${commands}`);
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMAND_SETTINGS, name);
}
