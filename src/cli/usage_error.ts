import { quoteText } from "../quote.ts";

/**
 * A wrong invocation: the message has one line per mistake, naming the flag or variable and the
 * remedy.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Runs every attempt, then throws one `UsageError` with a line for each that failed. */
export function throwAll(...attempts: readonly (() => unknown)[]): void {
  const messages = attempts.flatMap((attempt) => {
    try {
      attempt();
      return [];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return error.message.split("\n");
    }
  });
  if (messages.length > 0) throw new UsageError([...new Set(messages)].join("\n"));
}

/** The longest part of an invalid value that a message repeats, in characters. */
const MAX_QUOTED_LENGTH = 200;

/** A text in double quotes, on one line, without control characters and of bounded length. */
export function quote(text: string): string {
  const short = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}...` : text;
  return quoteText(short);
}

/** An argument in double quotes; for a flag only the name, because the value may be a secret. */
export function quoteArgument(argument: string): string {
  return quote(argument.replace(/^(--[^=]*)=.*$/s, "$1").replace(/^(-[^-]).+$/s, "$1..."));
}
