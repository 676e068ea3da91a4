import { environmentVariable, type Setting, type SettingTable } from "./setting.ts";
import { UsageError } from "./usage_error.ts";

/** The texts given for a setting, and the flag or environment variable that gave them. */
export interface Given {
  readonly source: string;
  readonly texts: readonly string[];
}

/** What a person gave: flags by name, and the environment. */
export interface Input {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: (name: string) => string | undefined;
}

/** What was given for a setting: its flag or else its environment variable, if not empty. */
export function givenFor(setting: Setting<unknown>, input: Input): Given | undefined {
  const texts = input.flags.get(setting.name);
  if (texts !== undefined) return { source: `--${setting.name}`, texts };
  const source = environmentVariable(setting);
  const text = input.env(source) ?? "";
  if (text === "") return undefined;
  return { source, texts: setting.form === "list" ? text.split(",") : [text] };
}

/** The values of a table of settings; throws `UsageError` at the first that cannot be used. */
export function readSettings<V extends object>(table: SettingTable<V>, input: Input): V {
  const values: Partial<V> = {};
  for (const key in table) {
    const setting = table[key];
    const given = givenFor(setting, input);
    if (given !== undefined) values[key] = readOne(setting, given);
    else if (setting.fallback !== undefined) values[key] = setting.fallback.value;
  }
  assertComplete(table, values);
  return values;
}

function readOne<T>(setting: Setting<T>, { source, texts }: Given): T {
  const reading = setting.read(texts);
  if ("value" in reading) return reading.value;
  const shown = setting.show(texts.join(","));
  throw new UsageError(`Cannot use ${`${source} ${shown}`.trimEnd()}: ${reading.problem}`);
}

function assertComplete<V extends object>(
  table: SettingTable<V>,
  values: Partial<V>,
): asserts values is V {
  for (const key in table) {
    const setting = table[key];
    if (!(key in values)) {
      throw new UsageError(
        `Missing --${setting.name}: give it or set ${environmentVariable(setting)}`,
      );
    }
  }
}
