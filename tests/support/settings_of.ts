import { type DemoSettings, parseArguments } from "../../src/cli/parse.ts";

/** The settings that the exporter has with these flags, and by default. */
export function settingsOf(flags: readonly string[]): DemoSettings {
  const parsed = parseArguments(["demo", ...flags], () => undefined);
  if (parsed.command !== "demo") throw new TypeError("The flags ask for no exporter");
  return parsed.settings;
}
