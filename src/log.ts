import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import { escapeControls, quoteText } from "./quote.ts";

/** The exporter's log; silent until `configureLog` says where it goes. */
export const log = getLogger("spacelift-promex");

/** The severity of a record, as flags and records name it. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = typeof LOG_LEVELS[number];

/** The formats of a record, one line each; `text` is for people watching a terminal. */
export type LogFormat = "json" | "logfmt" | "text";

/** Sends records of at least this level to `write`, one line each. */
export function configureLog(options: {
  level: LogLevel;
  format: LogFormat;
  write: (line: string) => void;
}): void {
  const { level, write } = options;
  const format = FORMATS[options.format];
  configureSync({
    reset: true,
    sinks: { out: (record) => write(format(record) + "\n") },
    loggers: [
      {
        category: "spacelift-promex",
        lowestLevel: level === "warn" ? "warning" : level,
        sinks: ["out"],
      },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["out"] },
    ],
  });
}

const FORMATS: Readonly<Record<LogFormat, (record: LogRecord) => string>> = {
  json: (record) => JSON.stringify(fieldsOf(record), readable),
  logfmt: (record) =>
    Object.entries(fieldsOf(record))
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${logfmtValue(value)}`)
      .join(" "),
  text(record) {
    const { level, ts, msg, ...fields } = fieldsOf(record);
    return `${ts.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${withFields(msg, fields)}`;
  },
};

/** Reports a problem that does not end a command. */
export type Warn = (message: string, fields: Record<string, unknown>) => void;

/** Warns in the log. */
export function warnInLog(message: string, fields: Record<string, unknown>): void {
  log.warn(message, fields);
}

/** Warns in a line for people, for commands without a log. */
export function warnInText(write: (line: string) => void): Warn {
  return (message, fields) => write(`Warning: ${withFields(message, fields)}\n`);
}

function withFields(message: string, fields: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).map(([name, value]) =>
    ` ${name}=${escapeControls(JSON.stringify(value, readable) ?? "undefined")}`
  );
  return message + shown.join("");
}

function fieldsOf({ level, timestamp, message, properties }: LogRecord) {
  return {
    level: level === "warning" ? "warn" : level,
    ts: new Date(timestamp).toISOString(),
    msg: message.join(""),
    ...properties,
  };
}

function logfmtValue(value: unknown): string {
  const plain = readable("", value);
  const text = Array.isArray(plain)
    ? plain.join(",")
    : typeof plain === "object"
    ? JSON.stringify(plain, readable)
    : String(plain);
  if (text !== "" && !/[\s"=\\\p{Cc}]/u.test(text)) return text;
  return quoteText(text);
}

/** Errors have no JSON form: writes their message and those of their causes. */
function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? describeError(value) : value;
}

/** An error's message followed by those of its causes, on one line. */
export function describeError(error: unknown): string {
  const messages: string[] = [];
  for (
    let cause = error;
    cause !== undefined;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    messages.push(cause instanceof Error ? cause.message : String(cause));
  }
  return messages.join(": ").replaceAll(/\s+/g, " ");
}
