import { configureLog, log } from "../log.ts";
import { completionScript } from "../cli/completion.ts";
import { appHelp, commandHelp, versionText } from "../cli/help.ts";
import type { Io } from "./io.ts";
import { type Arguments, parseArguments } from "../cli/parse.ts";
import { serve } from "./serve.ts";
import { unknownVariables } from "../cli/unknown_variables.ts";
import { UsageError } from "../cli/usage_error.ts";

/**
 * Runs one command line and returns the exit code; for an invalid one 1, with the reason on stderr.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    const parsed = parse(args, io);
    if (!writesFile(parsed)) await io.dropWritePermission();
    return await runCommand(parsed, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr(`${error.message}\n`);
    return 1;
  }
}

function parse(args: readonly string[], io: Io): Arguments {
  try {
    return parseArguments(args, io.env);
  } catch (error) {
    // A missing setting may have been given under a misspelt name.
    if (error instanceof UsageError) warn([], io);
    throw error;
  }
}

async function runCommand(args: Arguments, io: Io): Promise<number> {
  // What only one command needs is loaded for that one: `serve` has a use for none of it.
  switch (args.command) {
    case "help":
      io.stdout(args.topic === undefined ? appHelp() : commandHelp(args.topic));
      return 0;
    case "version":
      io.stdout(versionText());
      return 0;
    case "completion":
      io.stdout(completionScript(args.shell));
      return 0;
    case "serve":
      startLog(args, io);
      return await serve(args.settings, io);
    case "demo": {
      startLog(args, io);
      const { demo } = await import("./demo.ts");
      return await demo(args.settings, io);
    }
    case "check": {
      warn(args.ignored, io);
      const { check } = await import("./check.ts");
      return await check(args.settings, io);
    }
    case "scrape": {
      warn(args.ignored, io);
      const { scrapeOnce } = await import("./scrape_once.ts");
      return await scrapeOnce(args.settings, io);
    }
    case "health": {
      warn([], io);
      const { health } = await import("./health.ts");
      return await health(args.settings, io);
    }
  }
}

function writesFile(args: Arguments): boolean {
  return args.command === "scrape" && args.settings.once.output !== undefined;
}

/** Prints warnings for commands without a log. */
function warn(ignored: readonly string[], { stderr, variables }: Io): void {
  for (const sentence of [...ignored, ...unknownVariables(variables())]) {
    stderr(`Warning: ${sentence}\n`);
  }
}

function startLog(
  { command, settings, ignored }: Extract<Arguments, { command: "serve" | "demo" }>,
  { stderr, isTerminal, variables }: Io,
): void {
  const { exporter: { isDevelopment }, log: { level, format } } = settings;
  const isWatched = command === "demo" && isTerminal;
  configureLog({
    level: level ?? (isDevelopment ? "debug" : "info"),
    format: format ?? (isDevelopment || isWatched ? "text" : "json"),
    write: stderr,
  });
  for (const sentence of [...ignored, ...unknownVariables(variables())]) log.warn(sentence);
}
