import { parseArgs } from "node:util";
import type { Setting } from "./setting.ts";
import { type Command, settingsOf } from "./flags.ts";
import { quote, quoteArgument, UsageError } from "./usage_error.ts";

/** The flags given to a command, by their long names; `help` when that was asked for instead. */
export type Flags = ReadonlyMap<string, readonly string[]> | "help";

/** A flag as it was found among the arguments. */
interface Option {
  /** The long name, or the letter of an unknown short flag. */
  readonly name: string;
  /** The name with its dashes, as typed. */
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value came behind an equals sign. */
  readonly inlineValue?: boolean | undefined;
}

/** Reads the arguments behind a command; throws `UsageError` at the first that is wrong. */
export function readFlags(command: Command, args: readonly string[]): Flags {
  const settings = settingsOf(command);
  const written = writeOutAliases(args, settings);
  const { tokens } = parseArgs({
    args: written,
    options: { help: { type: "boolean", short: "h" }, ...parserOptions(settings) },
    strict: false,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) return "help";

  const flags = new Map<string, string[]>();
  for (const token of tokens) {
    const argument = written[token.index] ?? "";
    if (token.kind !== "option") {
      // It may be the rest of a secret with a space in it.
      const shown = flags.has("api-key-secret") ? "" : ` ${quoteArgument(argument)}`;
      throw new UsageError(`Unexpected argument${shown}: ${command} takes nothing but flags`);
    }
    refuseRunTogether(argument);
    const { setting, text } = readOption(token, command, settings);
    const earlier = setting.form === "list" ? flags.get(setting.name) ?? [] : [];
    flags.set(setting.name, [...earlier, text]);
  }
  return flags;
}

/** Turns `-l=value`, which the parser does not know, into `--listen-address=value`. */
function writeOutAliases(args: readonly string[], settings: Setting<unknown>[]): string[] {
  return args.map((argument) => {
    const setting = settings.find(({ alias }) =>
      alias !== undefined && argument.startsWith(`-${alias}=`)
    );
    return setting === undefined ? argument : `--${setting.name}${argument.slice(2)}`;
  });
}

function parserOptions(
  settings: Setting<unknown>[],
): Record<string, { type: "boolean" | "string"; short?: string }> {
  return Object.fromEntries(settings.map(({ name, alias, form }) => {
    const type = form === "switch" ? "boolean" as const : "string" as const;
    return [name, alias === undefined ? { type } : { type, short: alias }];
  }));
}

/** Without this `-scrape-timeout=1s` would be the short flag of the secret and its value. */
function refuseRunTogether(argument: string): void {
  if (/^-[^-]./s.test(argument)) {
    throw new UsageError(
      `Unknown flag ${quote(`${argument.slice(0, 2)}...`)}: a long flag has two dashes, ` +
        "and the value of a short flag stands apart or behind an equals sign",
    );
  }
}

function readOption(
  option: Option,
  command: Command,
  settings: Setting<unknown>[],
): { setting: Setting<unknown>; text: string } {
  const { name, rawName, value } = option;
  const setting = settings.find((one) => one.name === name);
  if (setting?.form === "switch" && value === undefined) return { setting, text: "true" };
  if (setting !== undefined) {
    // A flag is not taken for a value: the value was forgotten.
    const isFlag = option.inlineValue === false && /^--|^-[a-z](?:=|$)/i.test(value ?? "");
    if (value === undefined || value === "" || isFlag) {
      throw new UsageError(`Missing a value for --${name}: write --${name}=value`);
    }
    return { setting, text: value };
  }
  const negated = settings.find((one) => one.form === "switch" && `no-${one.name}` === name);
  if (negated === undefined) throw unknownFlag(rawName, command, settings);
  if (value !== undefined) {
    throw new UsageError(`Cannot use ${rawName} ${quote(value)}: it takes no value`);
  }
  return { setting: negated, text: "false" };
}

function unknownFlag(rawName: string, command: Command, settings: Setting<unknown>[]): UsageError {
  const [, collector] = /^--(?:no-)?collector\.(.*)$/s.exec(rawName) ?? [];
  const choices = settings.map(({ name }) => name).filter((name) => name.startsWith("collector."))
    .map((name) => name.slice("collector.".length)).join(", ");
  if (collector === undefined || choices === "") {
    const help = `"spacelift-promex ${command} --help"`;
    return new UsageError(`Unknown flag ${quote(rawName)}: ${help} lists those there are`);
  }
  return new UsageError(
    `Unknown collector ${quote(collector)} in ${quote(rawName)}: the choices are ${choices}`,
  );
}
