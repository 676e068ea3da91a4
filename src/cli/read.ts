import { parseArgs } from "node:util";
import * as v from "valibot";
import { environmentVariable, type Flag, type Group, type NamedFlag } from "./flag.ts";
import { COLLECTOR_NAMES, type Command, flagsOf, ignoredBy } from "./flags.ts";
import { didYouMean } from "./nearest.ts";
import { quote, quoteArgument, throwAll, UsageError } from "./usage_error.ts";

/** The user's input: flags by their long names, and the environment. */
export interface Input {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: (name: string) => string | undefined;
}

/** A flag as found among the arguments. */
interface Option {
  /** The long name, or the letter of an unknown short flag. */
  readonly name: string;
  /** The name with its dashes, as typed. */
  readonly rawName: string;
  readonly value?: string | undefined;
}

/** The flags found after a command, and the mistakes among them, one line each. */
export interface ReadFlags {
  readonly flags: Input["flags"];
  readonly mistakes: readonly string[];
}

/** Reads the arguments after a command, or returns `help` when they ask for help. */
export function readFlags(command: Command, args: readonly string[]): ReadFlags | "help" {
  const known = [...flagsOf(command), ...ignoredBy(command)];
  const written = args.map((argument) => writeOut(argument, known))
    .map((argument, index, all) => endEarly(argument, all[index + 1], known));
  const { tokens } = parseArgs({
    args: written,
    options: { help: { type: "boolean", short: "h" }, ...parserOptions(known) },
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) return "help";

  const flags = new Map<string, string[]>();
  const mistakes: string[] = [];
  let bare: NamedFlag | undefined;
  let wasWrong = false;
  for (const token of tokens) {
    const argument = written[token.index] ?? "";
    const before = bare;
    bare = undefined;
    if (token.kind !== "option") {
      if (before !== undefined && v.is(before.kind.schema, argument)) {
        flags.set(before.name, [argument]);
        continue;
      }
      // After an unknown flag this is probably that flag's value.
      if (wasWrong) continue;
      // It may be the rest of a secret that contains a space.
      const shown = flags.has("api-key-secret") ? "" : ` ${quoteArgument(argument)}`;
      mistakes.push(`Unexpected argument${shown}: ${command} takes only flags`);
      wasWrong = true;
      continue;
    }
    wasWrong = false;
    try {
      refuseRunTogether(argument, known);
      const { flag, text } = readOption(token, command, known);
      if (text === "") {
        // It is given, and need not be called missing as well.
        flags.set(flag.name, []);
        throw withoutValue(flag.name);
      }
      const earlier = flag.kind.form === "list" ? flags.get(flag.name) ?? [] : [];
      flags.set(flag.name, [...earlier, text]);
      // A separate value, as in `--is-development true`.
      if (flag.kind.form === "switch" && token.value === undefined && text === "true") bare = flag;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push(error.message);
      wasWrong = true;
    }
  }
  return { flags, mistakes: [...new Set(mistakes)] };
}

/** The flag, or else the environment variable, that sets a value; an empty variable sets none. */
export function sourceOf(name: string, { flags, env }: Input): string | undefined {
  if (flags.has(name)) return `--${name}`;
  const variable = environmentVariable(name);
  return (env(variable) ?? "") === "" ? undefined : variable;
}

/** The values of a group of flags; throws `UsageError` with every invalid one. */
export function readGroup<V extends object>(group: Group<V>, input: Input): V {
  const values: Partial<V> = {};
  const readKey = (key: keyof V & string) => {
    const flag = group.flags[key];
    const name = group.nameOf(key);
    const source = sourceOf(name, input);
    if (source !== undefined) {
      const texts = input.flags.get(name) ?? splitVariable(flag, input.env(source) ?? "");
      if (texts.length === 0) throw withoutValue(name);
      values[key] = readValue(flag, source, texts);
    } else if (flag.fallback !== undefined) values[key] = flag.fallback.value;
    else throw missing(name);
  };
  const keys: (keyof V & string)[] = [];
  for (const key in group.flags) keys.push(key);
  throwAll(...keys.map((key) => () => readKey(key)));
  assertComplete(group, values);
  return values;
}

function splitVariable({ kind }: Flag<unknown>, text: string): string[] {
  return kind.form === "list" ? text.split(",") : [text];
}

function readValue<T>({ kind }: Flag<T>, source: string, texts: readonly string[]): T {
  const given = kind.form === "list" ? texts : texts.at(-1);
  const { success, output, issues } = v.safeParse(kind.schema, given);
  if (success) return output;
  const text = texts.join(",");
  // Text that begins like a short flag may be the secret's flag run together with the secret.
  const shown = /^-[a-z]/i.test(text) ? "" : kind.show(text);
  throw new UsageError(`Cannot use ${`${source} ${shown}`.trimEnd()}: ${issues[0].message}`);
}

function assertComplete<V extends object>(
  { flags, nameOf }: Group<V>,
  values: Partial<V>,
): asserts values is V {
  for (const key in flags) {
    if (key in values) continue;
    throw missing(nameOf(key));
  }
}

function missing(name: string): UsageError {
  return new UsageError(`Missing --${name}: use it or set ${environmentVariable(name)}`);
}

function withoutValue(name: string): UsageError {
  return new UsageError(`Missing a value for --${name}: write --${name}=value`);
}

/**
 * Rewrites `-l=value` and Go-style long flags with one dash as long flags with two: the parser
 * supports neither form.
 */
function writeOut(argument: string, known: readonly NamedFlag[]): string {
  const flag = known.find(({ alias }) => alias !== undefined && argument.startsWith(`-${alias}=`));
  if (flag !== undefined) return `--${flag.name}${argument.slice(2)}`;
  const [, name] = /^-([^-=][^=]+)/.exec(argument) ?? [];
  const isLong = name === "help" ||
    known.some((one) => one.name === name || `no-${one.name}` === name);
  return isLong ? `-${argument}` : argument;
}

/** Lets no flag be taken for the value, forgotten, of the one before it. */
function endEarly(argument: string, next: string | undefined, known: readonly NamedFlag[]): string {
  if (next === undefined || !/^--|^-[a-z](?:=|$)/i.test(next)) return argument;
  const flag = known.find(({ name, alias, kind }) =>
    kind.form !== "switch" && [`--${name}`, `-${alias}`].includes(argument)
  );
  return flag === undefined ? argument : `--${flag.name}=`;
}

function parserOptions(
  known: readonly NamedFlag[],
): Record<string, { type: "boolean" | "string"; short?: string }> {
  return Object.fromEntries(known.map(({ name, alias, kind }) => {
    const type = kind.form === "switch" ? "boolean" as const : "string" as const;
    return [name, alias === undefined ? { type } : { type, short: alias }];
  }));
}

/** Without this, `-scrape-timeuot=1s` would be parsed as the secret's short flag and its value. */
function refuseRunTogether(argument: string, known: readonly NamedFlag[]): void {
  if (/^-[^-]./s.test(argument)) {
    // The argument is not repeated because it may be a secret; a flag's name is not.
    const [, name = ""] = /^-([a-z][\w.-]{5,})/.exec(argument) ?? [];
    throw new UsageError(
      `Unknown flag ${quoteArgument(argument)}${guess(`--${name}`, longNames(known))}: ` +
        "separate the value of a short flag by a space or an equals sign",
    );
  }
}

/** The text is empty where there is no value. */
function readOption(
  option: Option,
  command: Command,
  known: readonly NamedFlag[],
): { flag: NamedFlag; text: string } {
  const { name, rawName, value } = option;
  const flag = known.find((one) => one.name === name);
  if (flag?.kind.form === "switch" && value === undefined) return { flag, text: "true" };
  if (flag !== undefined) return { flag, text: value ?? "" };
  const negated = known.find((one) => one.kind.form === "switch" && `no-${one.name}` === name);
  if (negated === undefined) throw unknownFlag(rawName, command, known);
  if (value !== undefined) {
    throw new UsageError(`Cannot use ${rawName} ${quote(value)}: it takes no value`);
  }
  return { flag: negated, text: "false" };
}

function unknownFlag(rawName: string, command: Command, known: readonly NamedFlag[]): UsageError {
  const [, collector] = /^--(?:no-)?collector\.(.*)$/s.exec(rawName) ?? [];
  if (collector === undefined || command === "health") {
    const names = [...longNames(known), "--help"];
    const help = `run "spacelift-promex ${command} --help" to list the flags`;
    return new UsageError(`Unknown flag ${quote(rawName)}${guess(rawName, names)}: ${help}`);
  }
  const choices = COLLECTOR_NAMES.join(", ");
  const meant = guess(collector, COLLECTOR_NAMES);
  return new UsageError(
    `Unknown collector ${quote(collector)} in ${
      quote(rawName)
    }${meant}: the choices are ${choices}`,
  );
}

function longNames(known: readonly NamedFlag[]): string[] {
  return known.flatMap(({ name, kind }) =>
    kind.form === "switch" ? [`--${name}`, `--no-${name}`] : [`--${name}`]
  );
}

/** No guess for texts longer than any name: comparing them would take long. */
function guess(given: string, names: readonly string[]): string {
  return given.length > 60 ? "" : didYouMean(given, names);
}
