import { environmentVariable } from "./flag.ts";
import { COMMAND_NAMES, flagsOf, ignoredBy, isCommand } from "./flags.ts";
import { didYouMean } from "./nearest.ts";
import { quote } from "./usage_error.ts";

const PREFIX = environmentVariable("");

/** A warning for each variable that has the settings' prefix but belongs to no command. */
export function unknownVariables(names: readonly string[]): string[] {
  const known = COMMAND_NAMES.filter(isCommand)
    .flatMap((command) => [...flagsOf(command), ...ignoredBy(command)])
    .map(({ name }) => environmentVariable(name));
  const settings = new Set(known);
  return names
    .filter((name) => name.startsWith(PREFIX) && !settings.has(name))
    .sort()
    .map((name) => {
      const short = name.slice(PREFIX.length);
      const meant = didYouMean(short, [...settings].map((one) => one.slice(PREFIX.length)))
        .replace('"', `"${PREFIX}`);
      return `Unknown environment variable ${quote(name)}${meant}`;
    });
}
