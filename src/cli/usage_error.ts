/** A wrong invocation: the message is a line for each mistake that names the flag or variable and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Does everything, then throws one `UsageError` with all that was wrong, a line each. */
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

/** The longest part of a wrong value that a message repeats, in characters. */
const MAX_QUOTED_LENGTH = 200;

/** A text in double quotes, on one line and without control characters. */
export function quote(text: string): string {
  const short = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}...` : text;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An argument in double quotes; of a flag only its name, for the value may be a secret. */
export function quoteArgument(argument: string): string {
  return quote(argument.replace(/^(--[^=]*)=.*$/s, "$1").replace(/^(-[^-]).+$/s, "$1..."));
}
