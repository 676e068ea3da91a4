import { environmentVariable, type ValuesOf } from "./flag.ts";
import {
  ACCOUNT,
  CHECK,
  COLLECTOR_NAMES,
  COLLECTOR_SWITCHES,
  type Command,
  EXPORTER,
  HEALTH,
  ignoredBy,
  isCommand,
  LOG,
  ONCE,
  RUNS,
  SIMULATION,
  STACKS,
  WEB,
} from "./flags.ts";
import { type Shell, SHELLS } from "./completion.ts";
import { isTopic, type Topic, TOPIC_NAMES } from "./help.ts";
import { didYouMean, nearest } from "./nearest.ts";
import { type Input, readFlags, readGroup, sourceOf } from "./read.ts";
import { readRuns, readStacks } from "./rounds.ts";
import { requireSecret, type SecretChoice, secretOf } from "./secret_choice.ts";
import { quote, quoteArgument, throwAll, UsageError } from "./usage_error.ts";
import {
  readSender,
  readUnusedWebhook,
  readWebhook,
  type SenderSettings,
  type WebhookSettings,
} from "./webhook.ts";

/** Which account to query, and with which key. */
export type AccountSettings =
  & Omit<ValuesOf<typeof ACCOUNT>, "apiKeySecret" | "apiKeySecretFile">
  & { readonly keySecret: SecretChoice };

/** The settings of an exporter for any account; times in milliseconds. */
export interface ExporterSettings {
  readonly exporter: ValuesOf<typeof EXPORTER>;
  readonly log: ValuesOf<typeof LOG>;
  readonly stacks: ValuesOf<typeof STACKS>;
  readonly web: ValuesOf<typeof WEB>;
  readonly runs: ValuesOf<typeof RUNS>;
  /** Undefined when webhooks are off. */
  readonly webhook: WebhookSettings | undefined;
  /** The names of the collectors that are on. */
  readonly collectors: ReadonlySet<string>;
}

/** The settings of `serve`. */
export interface ServeSettings extends ExporterSettings {
  readonly account: AccountSettings;
}

/** The settings of `check`: those of the exporter to check, and the format of the report. */
export interface CheckSettings extends ServeSettings {
  readonly check: ValuesOf<typeof CHECK>;
}

/** The settings of `scrape`; times in milliseconds. */
export interface ScrapeOnceSettings
  extends Pick<ServeSettings, "account" | "stacks" | "runs" | "collectors"> {
  readonly once: ValuesOf<typeof ONCE>;
}

/** The settings of `demo`. */
export interface DemoSettings extends ExporterSettings {
  readonly simulation: ValuesOf<typeof SIMULATION>;
  /** Undefined when the simulated account sends no webhooks. */
  readonly sender: SenderSettings | undefined;
}

/** The settings of `health`; times in milliseconds. */
export type HealthSettings = ValuesOf<typeof HEALTH> & { readonly web: ValuesOf<typeof WEB> };

/** Warnings about settings that have no effect, in sentences. */
type Ignored = readonly string[];

/** What a command line asks for. */
export type Arguments =
  | { readonly command: "serve"; readonly settings: ServeSettings; readonly ignored: Ignored }
  | { readonly command: "demo"; readonly settings: DemoSettings; readonly ignored: Ignored }
  | { readonly command: "check"; readonly settings: CheckSettings; readonly ignored: Ignored }
  | { readonly command: "scrape"; readonly settings: ScrapeOnceSettings; readonly ignored: Ignored }
  | { readonly command: "health"; readonly settings: HealthSettings }
  | { readonly command: "help"; readonly topic: Topic | undefined }
  | { readonly command: "completion"; readonly shell: Shell }
  | { readonly command: "version" };

const HELP_WORDS: readonly string[] = ["help", "h", "--help", "-help", "-h"];

const VERSION_WORDS: readonly string[] = ["version", "--version", "-version", "-v"];

/** Reads a command line and its environment; throws `UsageError` with every mistake. */
export function parseArguments(
  args: readonly string[],
  env: (name: string) => string | undefined,
): Arguments {
  const [first = "help", ...rest] = isProgram(args[0]) ? args.slice(1) : args;
  if (HELP_WORDS.includes(first)) return parseHelp(rest);
  if (VERSION_WORDS.includes(first)) {
    if (HELP_WORDS.includes(rest[0] ?? "")) return { command: "help", topic: "version" };
    refuseMore(first, rest);
    return { command: "version" };
  }
  if (first.startsWith("-")) throw misplacedFlag(first, rest);
  if (first === "completion") return parseCompletion(rest);
  const command = toCommand(first);
  const read = readFlags(command, rest);
  if (read === "help") return { command: read, topic: command };
  return parseCommand(command, { flags: read.flags, env }, read.mistakes);
}

/**
 * Whether this is the program's own path: command lines for images without an entry point begin
 * with it.
 */
function isProgram(argument: string | undefined): boolean {
  return argument?.split(/[/\\]/).at(-1)?.replace(/\.exe$/i, "") === "spacelift-promex";
}

function parseCommand(command: Command, input: Input, mistakes: readonly string[]): Arguments {
  const read = <T extends object>(readers: Readers<T>) => readAll(readers, mistakes);
  const account = () => readAccount(input);
  const web = () => readGroup(WEB, input);
  const collecting = {
    stacks: () => readStacks(input),
    runs: () => readRuns(input),
    collectors: () => readCollectors(input),
  };
  const exporter = {
    exporter: () => readGroup(EXPORTER, input),
    log: () => readGroup(LOG, input),
    web,
    webhook: () => readWebhook(input, readGroup(EXPORTER, input).listenAddress),
    ...collecting,
  };
  switch (command) {
    case "serve": {
      const settings = read({ account, ...exporter });
      return { command, settings, ignored: readIgnored(command, input) };
    }
    case "demo": {
      const simulation = () => readGroup(SIMULATION, input);
      const settings = read({ ...exporter, simulation, sender: () => readSender(input) });
      return { command, settings, ignored: readIgnored(command, input) };
    }
    case "check": {
      const settings = read({ account, ...exporter, check: () => readGroup(CHECK, input) });
      return { command, settings, ignored: readIgnored(command, input) };
    }
    case "scrape": {
      const settings = read({ account, ...collecting, once: () => readGroup(ONCE, input) });
      return { command, settings, ignored: readIgnored(command, input) };
    }
    case "health": {
      const { health, ...rest } = read({ health: () => readGroup(HEALTH, input), web });
      return { command, settings: { ...health, ...rest } };
    }
  }
}

type Readers<T> = { readonly [K in keyof T]: () => T[K] };

/** What every reader gives; throws one `UsageError` with these mistakes and those of each. */
function readAll<T extends object>(readers: Readers<T>, mistakes: readonly string[]): T {
  const values: Partial<T> = {};
  const attempts: (() => void)[] = [];
  for (const key in readers) attempts.push(() => values[key] = readers[key]());
  const refuse = () => {
    if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
  };
  throwAll(refuse, ...attempts);
  assertWhole(values, readers);
  return values;
}

function assertWhole<T extends object>(
  values: Partial<T>,
  readers: Readers<T>,
): asserts values is T {
  for (const key in readers) {
    if (!(key in values)) throw new TypeError(`Nothing was read for ${key}`);
  }
}

/** What is given without any effect, in sentences. */
function readIgnored(command: Command, input: Input): string[] {
  return [
    ...readAbandoned(command, input),
    ...readOverruled(input),
    // One call has no webhook, whatever the environment holds for the exporter.
    ...command === "scrape" ? [] : readUnusedWebhook(command, input),
  ];
}

function readAbandoned(command: Command, input: Input): string[] {
  return ignoredBy(command).flatMap(({ name, help }) => {
    const source = sourceOf(name, input);
    return source === undefined ? [] : [`${source} no longer has an effect: ${help}`];
  });
}

/** An image's health check sees only the environment. */
function readOverruled({ flags, env }: Input): string[] {
  const name = EXPORTER.nameOf("listenAddress");
  const variable = environmentVariable(name);
  const [given] = flags.get(name) ?? [];
  const set = env(variable) ?? "";
  if (given === undefined || set === "" || set === given) return [];
  return [
    `${variable} ${quote(set)} is overridden by --${name}, but the command "health" uses the ` +
    "variable: set that instead",
  ];
}

const SECRETS = [ACCOUNT.nameOf("apiKeySecret"), ACCOUNT.nameOf("apiKeySecretFile")];

function readAccount(input: Input): AccountSettings {
  throwAll(() => readGroup(ACCOUNT, input), () => requireSecret(SECRETS, input));
  const { apiKeySecret, apiKeySecretFile, ...account } = readGroup(ACCOUNT, input);
  return {
    ...account,
    keySecret: secretOf({ secret: apiKeySecret, file: apiKeySecretFile }),
  };
}

function readCollectors(input: Input): ReadonlySet<string> {
  const switches = readGroup(COLLECTOR_SWITCHES, input);
  const collectors = new Set(COLLECTOR_NAMES.filter((name) => switches[name]));
  if (collectors.size > 0) return collectors;
  const flags = COLLECTOR_NAMES.map((name) => `--${COLLECTOR_SWITCHES.nameOf(name)}`);
  throw new UsageError(
    `Cannot turn off all of ${flags.join(", ")}: nothing is left to export, so leave one on`,
  );
}

function parseHelp([topic, ...rest]: readonly string[]): Arguments {
  if (topic === undefined) return { command: "help", topic };
  const isHelp = HELP_WORDS.includes(topic);
  const command = isHelp ? undefined : isTopic(topic) ? topic : toCommand(topic);
  refuseMore(topic, rest);
  return { command: "help", topic: command };
}

function parseCompletion([given = "", ...rest]: readonly string[]): Arguments {
  if (HELP_WORDS.includes(given)) return { command: "help", topic: "completion" };
  const shell = SHELLS.find((one) => one === given);
  if (shell === undefined) {
    const problem = given === "" ? "Missing the shell" : `Unknown shell ${quoteArgument(given)}`;
    throw new UsageError(`${problem}: write completion bash, zsh or fish`);
  }
  refuseMore(given, rest);
  return { command: "completion", shell };
}

function refuseMore(last: string, [unexpected]: readonly string[]): void {
  if (unexpected !== undefined) {
    throw new UsageError(
      `Unexpected argument ${quoteArgument(unexpected)} after ${quoteArgument(last)}`,
    );
  }
}

function misplacedFlag(argument: string, rest: readonly string[]): UsageError {
  // Only the name: the value may be a secret.
  const [flag = ""] = /^--[\w.-]{0,99}|^-\w?/.exec(argument) ?? [];
  const meant = nearest(flag, ["--help", "--version"]);
  if (meant !== undefined && flag.length > 3) {
    return new UsageError(`Unknown flag ${quote(flag)}, did you mean ${quote(meant)}`);
  }
  const command = rest.find(isCommand) ?? "serve";
  return new UsageError(`Flags go after the command: spacelift-promex ${command} ${flag}`);
}

function toCommand(name: string): Command {
  if (isCommand(name)) return name;
  const commands = [...TOPIC_NAMES, "help"];
  const meant = name.length > 30 ? "" : didYouMean(name, commands);
  throw new UsageError(
    `Unknown command ${quoteArgument(name)}${meant}: the commands are ${commands.join(", ")}`,
  );
}
